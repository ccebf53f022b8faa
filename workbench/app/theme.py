"""The look: two themes of our own. Every text colour has a contrast of 4.5:1 on its ground."""

from textual.theme import Theme

DARK = Theme(
    name="workbench-dark",
    dark=True,
    primary="#7fb4ff",
    secondary="#9aa7b8",
    accent="#ffcb6b",
    foreground="#dde3ea",
    background="#11161d",
    surface="#171e27",
    panel="#202a36",
    success="#7fd18a",
    warning="#f0c05a",
    error="#ffa198",
    variables={
        "block-cursor-background": "#26405e",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#26323f",
        "block-cursor-blurred-foreground": "#dde3ea",
        "footer-background": "#202a36",
        "border": "#4d6a8c",
        "border-blurred": "#39475a",
        "input-selection-background": "#3b5f8a",
        "text-muted": "#9fabba",
        "text-disabled": "#8592a3",
    },
)
"""Light text on a dark ground."""

LIGHT = Theme(
    name="workbench-light",
    dark=False,
    primary="#0b57a4",
    secondary="#4d5b6b",
    accent="#8a4b00",
    foreground="#1b232c",
    background="#f6f7f9",
    surface="#ffffff",
    panel="#e6eaef",
    success="#1d6b2c",
    warning="#7a5200",
    error="#a81c12",
    variables={
        "block-cursor-background": "#cfe0f5",
        "block-cursor-foreground": "#0d1b2a",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#dfe5ec",
        "block-cursor-blurred-foreground": "#1b232c",
        "footer-background": "#e6eaef",
        "border": "#5f7fa3",
        "border-blurred": "#a3b0bf",
        "input-selection-background": "#b5d0f0",
        "text-muted": "#4d5b6b",
        "text-disabled": "#5a6573",
    },
)
"""Dark text on a light ground."""

THEMES = (DARK, LIGHT)
