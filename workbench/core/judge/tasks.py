"""What a second reader is asked to do."""

from typing import Literal

ReaderTask = Literal["judge", "repair"]
"""Also the name of the task's template."""
