"""Other languages than English: how replies are worded in them."""
