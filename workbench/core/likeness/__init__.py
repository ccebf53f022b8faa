"""How alike samples are: tokens, ROUGE-L, near-duplicates, contrast."""
