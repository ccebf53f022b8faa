"""Read a search as typed, and say what is wrong with it in a helpful sentence."""

import re
from collections.abc import Collection, Iterable, Mapping

from rapidfuzz import process

from workbench.core.review.search.matching import Search
from workbench.core.review.search.terms import KEYS, WORD, Term, TermValue, fitting
from workbench.core.text.plain import visible

_KEY = re.compile(r"([^\W\d_]+):")
_BARE_WORD = re.compile(r"\S+")
_BARE_VALUE = re.compile(r"[^\s,]*")
_NEAR = 60
_LONGEST = 40
_LONGEST_SEARCH = 5000
_COUNTED = ("calls", "words", "seconds")
_LISTED = 7
"""At most this many values are listed in a message."""

Names = Mapping[str, Collection[str]]


class SearchError(ValueError):
    """Why a text isn't a search, as a sentence. start, end: the wrong part of the text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


def parse_search(text: str, names: Names | None = None) -> Search:
    """Read a search. Raises `SearchError` at the first word or term that is wrong.

    names: for some keys (such as `property`) all existing names; any other is then an error.
    """
    if len(text) > _LONGEST_SEARCH:
        message = f"A search has {_LONGEST_SEARCH:,} characters at most; this has {len(text):,}."
        raise SearchError(message, 0, len(text))
    terms: list[Term] = []
    at = _skip_space(text, 0)
    while at < len(text):
        term, at = _term(text, at, names or {})
        terms.append(term)
        at = _skip_space(text, at)
    return Search(tuple(terms))


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _term(text: str, start: int, names: Names) -> tuple[Term, int]:
    negated = text[start] == "-"
    at = start + negated
    if at == len(text) or text[at].isspace():
        raise SearchError("A minus goes right before the word or term it excludes.", start, at)
    key = _KEY.match(text, at)
    if key is None:
        value, at = _word(text, at)
        return Term(WORD, (value,), negated), at
    name = key[1].lower()
    if name not in KEYS:
        raise _no_such_key(key[1], key.start(), key.end())
    values, at = _values(text, name, key.end(), key.start(), names)
    return Term(name, values, negated), at


def _word(text: str, at: int) -> tuple[TermValue, int]:
    if text[at] == '"':
        value, end = _quoted(text, at)
        if not value.text.strip():
            raise SearchError("There are no words between the quotes.", at, end)
        if end < len(text) and not text[end].isspace():
            raise SearchError("Add a space after the closing quote.", at, end + 1)
        return value, end
    match = _BARE_WORD.match(text, at)
    assert match is not None  # no space stands here
    return TermValue(match[0], quoted=True), match.end()


def _quoted(text: str, at: int) -> tuple[TermValue, int]:
    end = text.find('"', at + 1)
    if end < 0:
        raise SearchError("The quote that begins here is not closed.", at, len(text))
    return TermValue(text[at + 1 : end], quoted=True), end + 1


def _values(
    text: str, key: str, at: int, start: int, names: Names
) -> tuple[tuple[TermValue, ...], int]:
    values: list[TermValue] = []
    while True:
        if text[at : at + 1] == '"':
            value, end = _quoted(text, at)
        else:
            match = _BARE_VALUE.match(text, at)
            assert match is not None  # it matches the empty text too
            value, end = TermValue(match[0]), match.end()
        if not value.text:
            raise SearchError(_what_follows(key, after_comma=bool(values)), start, end)
        values.append(_checked(key, value, at, end, names))
        at = end
        if text[at : at + 1] != ",":
            break
        at += 1
    if at < len(text) and not text[at].isspace():
        raise SearchError("Add a comma or a space after the closing quote.", start, at + 1)
    return tuple(values), at


def _checked(key: str, value: TermValue, start: int, end: int, names: Names) -> TermValue:
    """Return the value, in full if it may be abbreviated. Raises `SearchError` if invalid."""
    if key == "area" and not re.fullmatch(r"-?[\d*?]+", value.text):
        message = f"An area is a number, as in area:16, not {_shown(value.text)}."
        raise SearchError(message, start, end)
    if key in _COUNTED and not re.fullmatch(r"[<>]?[0-9]{1,9}", value.text):
        name, example = key.capitalize(), KEYS[key].example
        message = f"{name} are a number, as in {example}, not {_shown(value.text)}."
        raise SearchError(message, start, end)
    if (
        key in ("code", "dismissed")
        and "." not in value.text
        and any(_stage(c, value) for c in KEYS[key].values)
    ):
        return TermValue(f"{value.text}.*")
    known = KEYS[key].values or names.get(key, ())
    if not known or any(map(fitting((value,)).fullmatch, known)):
        return value
    raise SearchError(_no_such_value(key, value.text, known), start, end)


def _stage(code: str, value: TermValue) -> bool:
    return code.partition(".")[0] == value.text.lower()


def _what_follows(key: str, *, after_comma: bool) -> str:
    values = KEYS[key].values
    after = "A comma" if after_comma else f"{key}:"
    if values and len(values) <= _LISTED:
        return f"{after} is followed by {_either(values)}."
    return f"{after} is followed by {KEYS[key].meaning}, as in {KEYS[key].example}."


def _no_such_value(key: str, text: str, known: Collection[str]) -> str:
    message = f"There is no {key} {_shown(text)}"
    near = _near(text, known)
    if near:
        message += f"; did you mean {near}?"
    if len(known) <= _LISTED:
        return message + f"{' It' if near else '; it'} is {_either(tuple(known))}."
    return message if near else message + "."


def _no_such_key(name: str, start: int, end: int) -> SearchError:
    near = _near(name, KEYS)
    hint = f"did you mean {near}:?" if near else f"there are {_all(f'{key}:' for key in KEYS)}."
    message = f"There is no term {_shown(name + ':')}; {hint} Put words with a colon in quotes."
    return SearchError(message, start, end)


def _near(text: str, choices: Collection[str]) -> str | None:
    """Find what was meant: something that begins the same, or is spelt similarly."""
    begun = [choice for choice in choices if choice.lower().startswith(text.lower())]
    if begun:
        return min(begun, key=len)
    lower = {choice.lower(): choice for choice in choices}
    found = process.extractOne(text.lower(), list(lower), score_cutoff=_NEAR)
    return lower[found[0]] if found else None


def _shown(text: str) -> str:
    return f"'{visible(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…')}'"


def _either(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}" if len(values) > 1 else "".join(values)


def _all(values: Iterable[str]) -> str:
    *most, last = values
    return f"{', '.join(most)} and {last}"
