"""One finding of the doctor."""

from dataclasses import dataclass
from typing import Literal

CheckState = Literal["ok", "warning", "problem"]
"""warning: something works less well, or only in part. problem: something doesn't work."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, its state, what was found, and how to fix it ("" if all is well)."""

    name: str
    state: CheckState
    message: str
    remedy: str = ""


def of_error(name: str, error: Exception, state: CheckState = "problem") -> Check:
    """Turn an error's sentence into a check; its last clause is the remedy."""
    message, separator, remedy = str(error).rstrip(".").rpartition("; ")
    return Check(name, state, message, remedy) if separator else Check(name, state, remedy)
