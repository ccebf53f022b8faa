"""The label store: what people decided about a dataset's samples, kept beside it."""

from workbench.adapters.labels.sheet import Counts
from workbench.adapters.labels.store import LabelStore, journal_path, labels_path, open_labels

__all__ = ["Counts", "LabelStore", "journal_path", "labels_path", "open_labels"]
