"""What a second reader is asked to do."""

from typing import Literal

ReaderTask = Literal["judge", "repair"]
"""The name of the task's template, too."""
