"""Files: written durably, read in any encoding, and named beside a dataset."""
