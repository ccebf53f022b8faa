"""Plan and write an export in a process of its own, so that a screen need never wait for it."""

from workbench.jobs.exporter.client import Exporter
from workbench.jobs.exporter.wire import Doing, Planned, Refused, Reply, Wrote, same_choice

__all__ = ["Doing", "Exporter", "Planned", "Refused", "Reply", "Wrote", "same_choice"]
