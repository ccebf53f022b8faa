"""Training records: written from samples, and read back."""

from workbench.core.training.records.canonical import canonical
from workbench.core.training.records.reading import SplitName, read_record
from workbench.core.training.records.shape import RecordShape
from workbench.core.training.records.writing import RecordWriter

__all__ = ["RecordShape", "RecordWriter", "SplitName", "canonical", "read_record"]
