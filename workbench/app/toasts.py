"""What is told in passing, over whatever screen is shown."""

from textual.dom import DOMNode
from textual.notifications import SeverityLevel

from workbench.core.errors import WorkbenchError
from workbench.core.text.excerpts import shown


def say(node: DOMNode, message: str, *, warn: bool = False) -> None:
    """Tell what happened; what was told before makes room."""
    node.app.clear_notifications()
    severity: SeverityLevel = "warning" if warn else "information"
    node.app.notify(message, severity=severity, markup=False, timeout=4)


def announce(node: DOMNode, message: str, *, warn: bool = False) -> None:
    """Tell what was not asked for, long enough to be read."""
    severity: SeverityLevel = "warning" if warn else "information"
    node.app.notify(message, severity=severity, markup=False, timeout=10)


def tell_error(node: DOMNode, error: WorkbenchError) -> None:
    """Say what went wrong, long enough to be read."""
    node.app.notify(shown(str(error)), severity="error", markup=False, timeout=10)
