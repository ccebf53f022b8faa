"""What is said in passing, over whatever screen is shown."""

from textual.dom import DOMNode
from textual.notifications import SeverityLevel

from workbench.core.errors import WorkbenchError
from workbench.core.text.excerpts import short
from workbench.core.text.plain import visible

TOAST_FRAME = 4
"""Columns of a message over the review that its text can't have."""


def say(node: DOMNode, message: str, *, warn: bool = False) -> None:
    """Tell what happened; what was told before makes room."""
    node.app.clear_notifications()
    _notify(node, message, "warning" if warn else "information", 4)


def announce(node: DOMNode, message: str, *, warn: bool = False) -> None:
    """Tell what was not asked for, long enough to be read."""
    _notify(node, message, "warning" if warn else "information", 10)


def tell_error(node: DOMNode, error: WorkbenchError) -> None:
    """Say what went wrong, long enough to be read."""
    _notify(node, short(str(error)), "error", 10)


def _notify(node: DOMNode, message: str, severity: SeverityLevel, seconds: float) -> None:
    node.app.notify(visible(message), severity=severity, markup=False, timeout=seconds)
