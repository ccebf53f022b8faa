"""What in the user's settings has no effect: an unknown theme, keys that do nothing."""

from rapidfuzz import process
from textual.theme import BUILTIN_THEMES

from workbench.adapters.config.settings import Settings
from workbench.app.keymap import key_problems
from workbench.app.theme import THEMES
from workbench.core.text.plain import visible


def setting_problems(settings: Settings) -> list[str]:
    """Say what in the settings has no effect; takes half a second where keys are changed."""
    return [*_theme_problems(settings.theme), *key_problems(settings.keys)]


def _theme_problems(name: str) -> list[str]:
    own = [theme.name for theme in THEMES]
    known = [*own, *sorted(BUILTIN_THEMES)]
    if name in known:
        return []
    near = process.extractOne(name, known, score_cutoff=60)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(known)}."
    return [f"Settings, theme: there is no theme {visible(name)}; {hint}"]
