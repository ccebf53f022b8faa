"""Plots as SVG: one frame and style, light and dark, readable without colour."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

_STYLE = (
    "text{font:13px sans-serif;fill:#222}.title{font-weight:bold}.axis{stroke:#bbb;fill:none}"
    ".fill{fill:#4a7ba6}.line{stroke:#4a7ba6;fill:none;stroke-width:1.5}"
    ".mark{stroke:#222;fill:none;stroke-width:1.5}.dashed{stroke-dasharray:5 3}.dot{fill:#222}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.axis{stroke:#666}"
    ".mark{stroke:#eee}.dot{fill:#eee}}"
)


def svg(name: str, title: str, width: int, height: int, parts: Iterable[str]) -> str:
    """Return a picture with a title. name: of the picture, for those who cannot see it.

    parts: elements, of the classes axis, fill, line, mark, dashed and dot.
    """
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{quoted_text(name)}">'
    )
    words = f'<text class="title" x="8" y="20">{quoted_text(title)}</text>'
    return "\n".join([head, f"<style>{_STYLE}</style>", words, *parts, "</svg>"]) + "\n"


def quoted_text(text: str) -> str:
    """Return text that may stand in an element or an attribute."""
    return escape(text, {'"': "&quot;"})
