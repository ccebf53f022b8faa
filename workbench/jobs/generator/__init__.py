"""A generation in a process of its own, so that the screen's keys never share a processor's turn
with it.
"""

from workbench.jobs.generator.client import generate_apart

__all__ = ["generate_apart"]
