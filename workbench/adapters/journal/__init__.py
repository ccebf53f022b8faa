"""The run journal: what engines were asked and what they answered, one line each, as it came.

A reply is on disk (fsync) before anything else is done with it; samples, ledger and quarantine
follow from the journal by replay. A fold says how far the dataset file and its side files have
got. Each line is a JSON object with its kind: run, ask, reply, failure or fold.
"""

from workbench.adapters.journal.file import Journal, opened_journal, read_journal, read_runs
from workbench.adapters.journal.lines import (
    AskLine,
    BatchLine,
    FailureLine,
    FoldLine,
    JobLine,
    Line,
    ReplyLine,
    RunLine,
    now,
)
from workbench.adapters.journal.state import JournalState, Part

__all__ = [
    "AskLine",
    "BatchLine",
    "FailureLine",
    "FoldLine",
    "JobLine",
    "Journal",
    "JournalState",
    "Line",
    "Part",
    "ReplyLine",
    "RunLine",
    "now",
    "opened_journal",
    "read_journal",
    "read_runs",
]
