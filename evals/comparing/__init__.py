"""Compare two runs of one suite, case by case: what changed, and whether that is more than chance."""
