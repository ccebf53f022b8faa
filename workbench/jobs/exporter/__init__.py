"""Plan and write an export in a process of its own, so that a screen need never wait for it."""

from workbench.jobs.exporter.client import Exporter
from workbench.jobs.exporter.wire import (
    Doing,
    ExportPlanned,
    ExportReply,
    Refused,
    Wrote,
    same_choice,
)

__all__ = ["Doing", "ExportPlanned", "ExportReply", "Exporter", "Refused", "Wrote", "same_choice"]
