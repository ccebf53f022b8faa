"""Keys that the settings give to actions: what is wrong with them, in sentences."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import process
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys

from workbench.app.later import import_screens
from workbench.core.text.plain import visible

_NEAR = 60
"""How similar, out of 100, a name must be to be suggested."""
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
    rooms = list(_rooms(DOMNode))
    known = {binding.id for room in rooms for binding in room}
    found = []
    for name, text in keys.items():
        if name not in known:
            near = process.extractOne(name, known, score_cutoff=_NEAR)
            hint = f"; did you mean {near[0]}?" if near else "."
            found.append(f"Settings, keys: there is no action {visible(name)}{hint}")
            continue
        reasons = filter(None, (_why_not(key.strip()) for key in text.split(",")))
        found += [f"Settings, keys: {name} = “{visible(text)}”: {why}." for why in reasons]
    for room in rooms:
        found += [words for words in _lost(room, keys) if words not in found]
    return found


def _rooms(kind: type[DOMNode]) -> Iterator[list[Binding]]:
    """Yield the bindings that have an id of each of our own screens, widgets and the app."""
    for child in kind.__subclasses__():
        yield from _rooms(child)
    if kind.__module__.startswith("workbench."):
        bindings = kind.__dict__.get("BINDINGS", ())
        yield [one for one in bindings if isinstance(one, Binding) and one.id]


def _lost(room: Sequence[Binding], keys: Mapping[str, str]) -> Iterator[str]:
    """Say which actions of a room lose a key to another that the settings give it to."""
    by_key: dict[str, dict[str, None]] = {}
    for binding in room:
        for one in keys.get(binding.id or "", binding.key).split(","):
            by_key.setdefault(one.strip(), {})[binding.id or ""] = None
    for one, names in by_key.items():
        given = [name for name in names if name in keys]
        if given and len(names) > 1:
            winner = given[0]
            losers = " and ".join(name for name in names if name != winner)
            yield f"Settings, keys: {visible(one)} is on {winner}, so not on {losers}."


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
