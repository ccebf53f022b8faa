"""The edit screen: mend a sample in a form, as JSON, or in an editor of one's own."""

from workbench.app.edit.screen import EditScreen

__all__ = ["EditScreen"]
