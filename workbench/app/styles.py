"""Colours of the theme in force, for text that is built by hand."""

from typing import Any

from textual.app import App

_COLOURS = {
    "success": "success",
    "warning": "warning",
    "error": "error",
    "primary": "primary",
    "accent": "accent",
    "secondary": "text-muted",
    "muted": "text-muted",
}


def text_styles(app: App[Any]) -> dict[str, str]:
    """Give Rich styles by name, in the colours of the app's theme."""
    variables = app.theme_variables
    styles = {name: _colour(variables.get(key, "")) for name, key in _COLOURS.items()}
    styles["heading"] = f"bold {styles['primary']}".strip()
    return styles


def _colour(value: str) -> str:
    """Textual may name a colour that Rich does not know ("auto 60%", "ansi_red")."""
    return value if value.startswith("#") else ""
