"""What the dial from familiar to adventurous brings and costs, swept over requests and users."""
