"""From a dataset to training records: refine, export, and checking an export."""
