"""Training records: written from samples, and read back."""

from workbench.core.records.canonical import canonical
from workbench.core.records.reading import SplitName, read_record
from workbench.core.records.shape import RecordShape
from workbench.core.records.writing import RecordWriter

__all__ = ["RecordShape", "RecordWriter", "SplitName", "canonical", "read_record"]
