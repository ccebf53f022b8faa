"""Training records: written from samples, and read back."""

from workbench.core.training.records.canonical import canonical
from workbench.core.training.records.dialog import count_said, dialog_messages, said_messages
from workbench.core.training.records.lookups import count_lookups, recorded, too_many_rounds
from workbench.core.training.records.reading import (
    DialogStep,
    SplitName,
    read_dialog,
    read_record,
)
from workbench.core.training.records.shape import RecordForm, RecordShape
from workbench.core.training.records.told import differences, expected_steps, said_last, sample_told
from workbench.core.training.records.writing import RecordWriter

__all__ = [
    "DialogStep",
    "RecordForm",
    "RecordShape",
    "RecordWriter",
    "SplitName",
    "canonical",
    "count_lookups",
    "count_said",
    "dialog_messages",
    "differences",
    "expected_steps",
    "read_dialog",
    "read_record",
    "recorded",
    "said_last",
    "said_messages",
    "sample_told",
    "too_many_rounds",
]
