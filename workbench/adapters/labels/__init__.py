"""The label store: what people decided about a dataset's samples, kept beside it."""

from workbench.adapters.labels.store import LabelStore, journal_path, labels_path, open_labels
from workbench.adapters.labels.table import Counts

__all__ = ["Counts", "LabelStore", "journal_path", "labels_path", "open_labels"]
