"""The tasks of a second reader, judge and repair; each has a template of that name."""

from typing import Literal

ReaderTask = Literal["judge", "repair"]
"""Also the name of the task's template."""
