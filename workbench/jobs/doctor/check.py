"""One finding of the doctor."""

from dataclasses import dataclass
from typing import Literal

CheckState = Literal["ok", "warning", "problem"]
"""warning: something works less well, or not all of it. problem: something does not work."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, how it stands, what was found, and how to fix it ("" where well)."""

    name: str
    state: CheckState
    message: str
    remedy: str = ""


def of_error(name: str, error: Exception, state: CheckState = "problem") -> Check:
    """Make a check of an error's sentence, whose last clause is the remedy."""
    message, separator, remedy = str(error).rstrip(".").rpartition("; ")
    return Check(name, state, message, remedy) if separator else Check(name, state, remedy)
