"""The summary of a review: what it has come to, and what is left to do."""
