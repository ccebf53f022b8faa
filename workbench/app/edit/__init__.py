"""The edit screen: edit a sample in a form, as JSON, or in your own editor."""

from workbench.app.edit.screen import EditScreen

__all__ = ["EditScreen"]
