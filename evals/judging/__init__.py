"""A language model as judge of helpfulness and tone, and how far its word can be taken. Facts are never judged here."""
