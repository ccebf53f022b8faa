"""Files: written durably, read whatever their encoding, and named beside a dataset."""
