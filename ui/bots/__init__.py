"""Chat platforms as doors: what they share lies here, what one of them needs of its own in a folder of its name."""
