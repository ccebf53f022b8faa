"""From a dataset to training records: refine, export, and the check of an export."""
