"""Reports as files: JSON that is read back, JUnit for CI, and a page for people."""
