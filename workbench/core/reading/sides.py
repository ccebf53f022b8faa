"""Rows and columns from a single word, if its neighbours allow that reading.

"left" is a place in "on the left", but not in "what is left of the range".
"""

from collections.abc import Mapping

Side = tuple[str, str]
"""What a word means: ("row", "2"), ("column", "L")."""

_COLUMNS = (("L", "left"), ("R", "right"), ("C", "centre"))
_IN_FRONT = frozenset(
    [
        *("side", "seat", "seats", "us", "persons", "ones", "one", "#", "door", "doors", "window"),
        *("windows", "tyres", "tires", "wheels", "place", "places"),
    ]
)
_SITS = frozenset({"sit", "sitting", "sits", "sat", "seated", "im", "riding", "up"})
_NOT_A_ROW = frozenset({"on", "off", "to", "up", "down", "of"})
_BESIDE_PASSENGERS = frozenset({"side", "seat", "window", "door", "zone"})
_MIDDLE_OF_A_SCALE = frozenset({"setting", "level", "position", "speed", "value"})
_LEAD_ON = frozenset({"in", "of", "and", "or", "at", "behind"})
_SEVERAL = frozenset({"seats", "tyres", "tires", "windows", "doors", "wheels", "ones", "lights"})
_ENDS_A_PLACE = frozenset(
    {
        *".,?!;#",
        *("a", "again", "and", "as", "at", "but", "by", "close", "closed", "down", "for", "get"),
        *(
            "has",
            "is",
            "needs",
            "off",
            "on",
            "open",
            "please",
            "set",
            "should",
            "thanks",
            "to",
            "today",
        ),
        *("too", "up", "who", "with", "would"),
    }
)
"""What follows a column on its own: "the left, please"."""

WordLists = Mapping[str, frozenset[str]]
"""The lexicon's word lists by name."""


def side(words: list[str], i: int, lists: WordLists) -> Side | None:
    """Return what a single word means, or None if it isn't a place here."""
    word = words[i]
    if word in lists["front"]:
        return ("row", "1") if _is_front(words, i, lists) else None
    if word in lists["rear"]:
        return ("row", "2") if word != "back" or _is_back_row(words, i, lists) else None
    if word in lists.get("behind", ()):
        return ("row", "2") if _is_behind(words, i, lists) else None
    if word in lists["driver"]:
        return ("column", "D")
    if word in lists["passenger"]:
        return ("column", "P") if _is_front_passenger(words, i, lists) else None
    for column, key in _COLUMNS:
        if word in lists[key]:
            return ("column", column) if _is_column(words, i, column, lists) else None
    return None


def _before(words: list[str], i: int) -> str:
    return words[i - 1] if i else ""


def _after(words: list[str], i: int) -> str:
    return words[i + 1] if i + 1 < len(words) else "."


def _is_front(words: list[str], i: int, lists: WordLists) -> bool:
    """Not in "the lorry in front", but in "on the left in front", "I sit in front"."""
    if words[i + 1 : i + 3] == ["to", "back"]:
        return False
    if _before(words, i) != "in":
        return True
    of = words[i - 2] if i > 1 else ""
    beside = lists["left"] | lists["right"] | _IN_FRONT | _SITS | lists["people"]
    return of in beside and _after(words, i) != "of"


def _is_back_row(words: list[str], i: int, lists: WordLists) -> bool:
    """Not in "turn it back on", but in "in the back", "back seats", "front and back"."""
    before, after = _before(words, i), _after(words, i)
    previous = words[i - 2] if i > 1 else ""
    if (previous, before) == ("front", "to"):
        return False
    if before == "the" and "#" in words[i + 1 : i + 3]:
        return True  # "set the back to 23"
    if before == "the" and previous in ("in", "at", "on", "for", "to", "up"):
        return True
    if after == "#" and words[i + 2 : i + 3] and words[i + 2] in _SEVERAL:
        return True  # "the back two tyres"
    if before == "right" and words[i - 2 : i - 1] and _moves(words, i - 1):
        return False
    if after in lists["after_back"] or (before == "and" and previous in lists["front"]):
        return True
    return (
        before in lists["before_back"]
        and after not in _NOT_A_ROW
        and before not in ("my", "and", "on", "for")
    )


def _moves(words: list[str], i: int) -> bool:
    """Whether "right" at a token says how far back: "shove my seat right back"."""
    what = words[i - 1] if i else ""
    whose = words[i - 2] if i > 1 else ""
    return what in ("it", "them", "me") or (what in ("seat", "seats") and whose != "the")


def _is_behind(words: list[str], i: int, lists: WordLists) -> bool:
    """Not in "behind me", "I left it behind", but in "the window behind on the left"."""
    before, after = _before(words, i), _after(words, i)
    sides = lists["left"] | lists["right"] | lists["centre"]
    if after == "of" and words[i + 2 : i + 3] == ["me"]:
        return False
    beside = before in sides and not after.startswith(("the", "my"))
    if before not in lists["filler"] | sides | lists["people"] | lists.get("those", frozenset()):
        return False
    on_a_side = after in ("on", "at", "to", "in") and bool(sides & set(words[i + 2 : i + 4]))
    return beside or after in sides or on_a_side or after in _ENDS_A_PLACE


def _is_front_passenger(words: list[str], i: int, lists: WordLists) -> bool:
    """Not in "the left passenger", "passengers", "the passenger behind me"."""
    before, after = _before(words, i), _after(words, i)
    if before in lists["rear"] | lists["left"] | lists["right"] | lists["centre"]:
        return False
    if after in ("behind", "diagonally"):
        return False
    if after in ("in", "at") and lists["rear"] & set(words[i + 2 : i + 4]):
        return False
    if before == "," and after in ("on", "at", "to", "is", "off"):
        return True
    several = words[i] != "passenger" and before not in ("the", "front", "my", "and")
    return not several or after in _BESIDE_PASSENGERS


def _is_column(words: list[str], i: int, column: str, lists: WordLists) -> bool:
    before, after = _before(words, i), _after(words, i)
    if column == "R" and after == "back" and _moves(words, i):
        return False
    beside = before in ("the", "my") and words[i - 2 : i - 1] in (["on"], ["to"], ["at"])
    if after in lists["not_after_side"] and not (beside and after == "now"):
        return False
    if before in lists["rear"] or before in lists["front"] or before in lists.get("behind", ()):
        return True
    if before == "#" and words[i - 2 : i - 1] == ["row"]:
        return True
    if column == "C" and after in _MIDDLE_OF_A_SCALE:
        return False
    if column == "C" and after == "of":
        return bool(set(words[i + 2 : i + 4]) & lists["rear"])
    sides = lists["left"] | lists["right"]
    paired = after == "and" and bool(sides & set(words[i + 2 : i + 3]))
    if paired and (column != "C" or before == ","):
        return True
    if before == "," and after in (",", ".", "!", "?"):
        return True
    if beside or (column == "C" and words[i - 2 : i] in (["into", "the"], ["in", "the"])):
        return True
    begins = before in lists["before_side"] or (after == "behind" and before in lists["filler"])
    if begins and after in lists["people"]:
        return True  # "the middle kid"
    if after in lists["after_side"] and (after not in _LEAD_ON or begins):
        return not (column == "C" and after in ("of", "temperature", "fan"))
    return begins and after in _ENDS_A_PLACE
