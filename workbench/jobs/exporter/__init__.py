"""Plan and write an export in a separate process, so that a screen never waits for it."""

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
