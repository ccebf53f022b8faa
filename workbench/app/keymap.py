"""Keys that the settings give to actions: which of them mean nothing, in sentences."""

import unicodedata
from collections.abc import Iterator, Mapping

from rapidfuzz import process
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from workbench.app.later import import_screens
from workbench.core.text.plain import visible

_NEAR = 60
"""From how much of 100 in common one name is taken for another."""
_NAMES = {key.value for key in Keys} | set(KEY_NAME_REPLACEMENTS.values())
_SAME = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+j": "enter",
    "ctrl+m": "enter",
    "ctrl+[": "escape",
    "ctrl+left_square_bracket": "escape",
}
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})


def key_problems(keys: Mapping[str, str]) -> list[str]:
    """Say what in the settings' `keys` does nothing; takes half a second where there are any.

    keys: keys by action id, as in `Settings.keys`.
    """
    if not keys:
        return []
    import_screens()
    known = set(_ids(DOMNode))
    found = []
    for name, text in keys.items():
        if name not in known:
            near = process.extractOne(name, known, score_cutoff=_NEAR)
            hint = f"; did you mean {near[0]}?" if near else "."
            found.append(f"Settings, keys: there is no action {visible(name)}{hint}")
            continue
        reasons = filter(None, (_why_not(key.strip()) for key in text.split(",")))
        found += [f"Settings, keys: {name} = {visible(text)!r}: {why}." for why in reasons]
    return found


def _ids(kind: type[DOMNode]) -> Iterator[str]:
    """Return the ids of all bindings of our own screens, widgets and app."""
    for child in kind.__subclasses__():
        yield from _ids(child)
    if kind.__module__.startswith("workbench."):
        for binding in kind.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                yield binding.id


def _why_not(key: str) -> str:
    if not key:
        return "a key is missing"
    if key in _SAME:
        return f"terminals cannot tell {key} from {_SAME[key]}"
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if last and _MODIFIERS.issuperset(modifiers) and (len(last) == 1 or _is_name(last)):
        return ""
    return f"there is no key {visible(key)}"


def _is_name(name: str) -> bool:
    if name in _NAMES:
        return True
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True
