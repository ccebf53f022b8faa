"""Numbers that aren't values: times, ages, distances, counts of things."""

from collections.abc import Sequence

from workbench.core.reading.lexicon import Lexicon

_OF_THINGS = frozenset({"open", "long", "whole", "full", "more"})
_COUNTED = frozenset({"the", "those", "these"})
_OF_PLACES = frozenset({"in", "at", "window", "outer", "outside", "behind"})
_DATE_WITHIN = 4  # tokens before a time of day


class NumberWords:
    """Tells by a number's neighbours whether it can be a value."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.numbers
        self._not_after = frozenset(words.get("not_after", ()))
        self._not_before = frozenset(words.get("not_before", ()))
        self._step_before = frozenset(words.get("step_before", ()))
        self._step_after = frozenset(words.get("step_after", ()))
        self._dates = frozenset(words.get("dates", ()))

    def no_value(self, words: Sequence[str], i: int) -> bool:
        """Whether the number at a token is not one of the car's values."""
        after = words[i + 1] if i + 1 < len(words) else ""
        before = words[i - 1] if i else ""
        if after in self._not_after and not (after == "of" and before in ("to", "at")):
            return True
        if after in _OF_THINGS and words[i + 2 : i + 3] and words[i + 2] in self._not_after:
            return True  # "three open houses"
        if before in _COUNTED and after in _OF_PLACES:
            return True  # "the two in front"
        if after == "km" or (after == "#" and before != "to"):
            return True
        if before == "at" and self._dates & {*words[max(0, i - _DATE_WITHIN) : i]}:
            return True  # "I've got a flight at five"
        return before in self._not_before

    def is_step(self, words: Sequence[str], i: int) -> bool:
        """Whether the words beside a number show that it says by how much."""
        if i and words[i - 1] in self._step_before:
            return True
        after = words[i + 1 : i + 3]
        return bool(after) and (
            after[0] in self._step_after or after in (["on", "top"], ["to", "it"], ["to", "that"])
        )
