"""Colours of the theme in force, for text that is built by hand."""

from typing import Any

from rich.style import Style
from rich.text import Span, Text
from textual.app import App
from textual.widgets import Static

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
    """Return Rich styles by name, in the colours of the app's theme."""
    variables = app.theme_variables
    styles = {name: _colour(variables.get(key, "")) for name, key in _COLOURS.items()}
    styles["heading"] = f"bold {styles['primary']}".strip()
    return styles


def _colour(value: str) -> str:
    """Textual may name a colour that Rich does not know ("auto 60%", "ansi_red")."""
    return value if value.startswith("#") else ""


def recolour(app: App[Any], before: dict[str, str]) -> None:
    """Paint text that was built by hand, on all open screens, in the theme in force.

    before: the styles that it was built with.
    """
    now = text_styles(app)
    new = {old: now[name] for name, old in before.items() if old and now[name]}
    for screen in app.screen_stack:
        for widget in screen.query(Static):
            if isinstance(text := widget.content, Text):
                widget.update(_recoloured(text, new))


def _recoloured(text: Text, new: dict[str, str]) -> Text:
    def changed(style: str | Style) -> str | Style:
        if isinstance(style, Style):
            return style
        return " ".join(new.get(word, word) for word in style.split())

    other = text.copy()
    other.style = changed(text.style)
    other.spans = [Span(start, end, changed(style)) for start, end, style in text.spans]
    return other
