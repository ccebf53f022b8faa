"""The run journal: what engines were asked and what they answered, one line each, as it came.

A reply is on disk (fsync) before anything else is done with it; samples, ledger and quarantine
follow from the journal by replay. A fold says how far the dataset file and its side files have
got. Each line is a JSON object with its kind: run, ask, arrived, reply, failure, fold, and those of
batch jobs. What a service answers is there twice: as its body arrived, before anything has read it,
and as the reply that was read from it.
"""

from workbench.adapters.journal.file import RunJournal, opened_journal, read_journal, read_runs
from workbench.adapters.journal.lines import (
    ArrivedLine,
    AskLine,
    BatchLine,
    FailureLine,
    FoldLine,
    JobLine,
    JournalLine,
    OutputLine,
    ReplyLine,
    RunLine,
    body_bytes,
    body_text,
    now,
)
from workbench.adapters.journal.state import JournalState, RunPart

__all__ = [
    "ArrivedLine",
    "AskLine",
    "BatchLine",
    "FailureLine",
    "FoldLine",
    "JobLine",
    "JournalLine",
    "JournalState",
    "OutputLine",
    "ReplyLine",
    "RunJournal",
    "RunLine",
    "RunPart",
    "body_bytes",
    "body_text",
    "now",
    "opened_journal",
    "read_journal",
    "read_runs",
]
