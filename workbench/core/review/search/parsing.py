"""Read a search as typed, and say what is wrong with it in a helpful sentence."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rapidfuzz import process

from workbench.core.review.search.amounts import number_test, time_test, value_test
from workbench.core.review.search.matching import Search, is_area_id
from workbench.core.review.search.terms import KEYS, NUMBER, WORD, Clause, Term, TermValue, fitting
from workbench.core.review.search.vocabulary import NO_WORDS, Vocabulary
from workbench.core.text.plain import visible

_KEY = re.compile(r"([^\W\d_]+):")
_BARE_WORD = re.compile(r"[^\s|]+")
_BARE_VALUE = re.compile(r"[^\s,|]*")
_SPAN = r"[0-9]{1,9}(?:(?:-|\.\.)[0-9]{0,9})?"
_NUMBERS = re.compile(rf"#({_SPAN}(?:,#?{_SPAN})*)(?=[\s|]|$)")
_OR = re.compile(r"OR(?=\s|$)|\|")
_NEAR = 70
_LONGEST = 40
_LONGEST_SEARCH = 5000
_COUNTED = ("calls", "words", "seconds")
_COMPARING = re.compile(r"[<>=]|.*\.\.")
_LISTED = 7
"""At most this many values are listed in a message."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class SearchError(ValueError):
    """Why a text isn't a search, as a sentence. start, end: the wrong part of the text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


def parse_search(
    text: str, vocabulary: Vocabulary = NO_WORDS, now: datetime | None = None
) -> Search:
    """Read a search. Raises `SearchError` at the first word or term that is wrong.

    vocabulary: the words for calls; a term with a property's whole name is then about that one
    only. now: the instant, in UTC, that `today` and `<7d` are about; without one they find nothing.
    """
    if len(text) > _LONGEST_SEARCH:
        message = f"A search has {_LONGEST_SEARCH:,} characters at most; this has {len(text):,}."
        raise SearchError(message, 0, len(text))
    clauses: list[Clause] = []
    at = _skip_space(text, 0)
    waiting: re.Match[str] | None = None  # an OR whose second side is to come
    while at < len(text):
        if found := _OR.match(text, at):
            if not clauses or waiting:
                raise _or_alone(found)
            waiting, at = found, found.end()
        else:
            term, at = _term(text, at, vocabulary)
            if waiting:
                clauses[-1] += (term,)
            else:
                clauses.append((term,))
            waiting = None
        at = _skip_space(text, at)
    if waiting:
        raise _or_alone(waiting)
    return Search(tuple(clauses), vocabulary, now or _LONG_AGO)


def _or_alone(found: re.Match[str]) -> SearchError:
    words = 'Put it in quotes if you mean the word "OR".' if found[0] == "OR" else ""
    message = f"{found[0]} stands between two words or terms. {words}".strip()
    return SearchError(message, *found.span())


def doubt(search: Search) -> str:
    """Say what in a search names nothing that the catalogue has, with the nearest; "" if nothing.

    It is a search all the same: samples may name what no catalogue has.
    """
    names = search.vocabulary.names
    for term in (term for clause in search.clauses for term in clause):
        known = names.get(term.key, ())
        if term.key not in ("property", "function") or not known:
            continue
        for value in term.values:
            spoken = map(search.vocabulary.label, known) if term.key == "property" else ()
            if not any(map(fitting((value,)).fullmatch, [*known, *spoken])):
                return _no_such_value(term.key, value.text, known)
    return ""


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _term(text: str, start: int, vocabulary: Vocabulary) -> tuple[Term, int]:
    negated = text[start] == "-"
    at = start + negated
    if at == len(text) or text[at].isspace() or text[at] == "|":
        raise SearchError("A minus goes right before the word or term it excludes.", start, at)
    if numbers := _NUMBERS.match(text, at):
        values = tuple(TermValue(one.strip("#")) for one in numbers[1].split(","))
        return Term(NUMBER, values, negated), numbers.end()
    key = _KEY.match(text, at)
    if key is None:
        value, at = _word(text, at)
        return Term(WORD, (value,), negated), at
    name = key[1].lower()
    if name not in KEYS:
        raise _no_such_key(key[1], key.start(), key.end())
    values, at = _values(text, name, key.end(), key.start(), vocabulary)
    return Term(name, values, negated), at


def _word(text: str, at: int) -> tuple[TermValue, int]:
    if text[at] == '"':
        value, end = _quoted(text, at)
        if not value.text.strip():
            raise SearchError("There are no words between the quotes.", at, end)
        if end < len(text) and not (text[end].isspace() or text[end] == "|"):
            raise SearchError("Add a space after the closing quote.", at, end + 1)
        return value, end
    match = _BARE_WORD.match(text, at)
    assert match is not None  # neither a space nor OR stands here
    return TermValue(match[0], quoted=True), match.end()


def _quoted(text: str, at: int) -> tuple[TermValue, int]:
    end = text.find('"', at + 1)
    if end < 0:
        raise SearchError("The quote that begins here is not closed.", at, len(text))
    return TermValue(text[at + 1 : end], quoted=True), end + 1


def _values(
    text: str, key: str, at: int, start: int, vocabulary: Vocabulary
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
        values.append(_checked(key, value, at, end, vocabulary))
        at = end
        if text[at : at + 1] != "," and not _goes_on(text, at):
            break
        at += 1
    if at < len(text) and not (text[at].isspace() or text[at] == "|"):
        raise SearchError("Add a comma or a space after the closing quote.", start, at + 1)
    return tuple(values), at


def _goes_on(text: str, at: int) -> bool:
    """Whether another value of the same term stands after a `|`, and not another term."""
    after = text[at + 1 : at + 2]
    if text[at : at + 1] != "|" or not after or after.isspace() or after in "|-":
        return False
    return not (_KEY.match(text, at + 1) or _NUMBERS.match(text, at + 1))


def _checked(key: str, value: TermValue, start: int, end: int, vocabulary: Vocabulary) -> TermValue:
    """Return the value as it is to be looked for. Raises `SearchError` if it is invalid."""
    text = value.text
    wrong = ""
    if key in _COUNTED and number_test(text) is None:
        wrong = f"{key.capitalize()} are a number, as in {KEYS[key].example}, not {_shown(text)}."
    elif key == "value" and not value.quoted and _compares(text) and value_test(text) is None:
        wrong = f"Compare with numbers, as in value:>20 or value:23..25, not {_shown(text)}."
    elif key == "decided" and not _is_time(value):
        wrong = f"Decided is {_TIMES}, not {_shown(text)}."
    elif key == "area" and not is_area_id(value):
        wrong = _no_such_place(text, vocabulary)
    if wrong:
        raise SearchError(wrong, start, end)
    if KEYS[key].part:
        known = vocabulary.names.get(key, ())
        whole = value.quoted or value.has_joker or text.lower() in map(str.lower, known)
        return value if whole else replace(value, part=True)
    if key == "access":
        value = TermValue(_ACCESS.get(text.lower(), text), value.quoted)
    values = KEYS[key].values
    if any(code.lower().startswith(f"{text.lower()}.") for code in values):  # a stage
        return TermValue(f"{text}.*")
    if not values or any(map(fitting((value,)).fullmatch, values)):
        return value
    raise SearchError(_no_such_value(key, text, values), start, end)


_ACCESS = {"read": "get", "write": "set", "change": "set"}
_TIMES = (
    "a day, a time or an age, as in decided:today, decided:2026-11-05, decided:>2026-11-01 or "
    "decided:<7d"
)


def _no_such_place(text: str, vocabulary: Vocabulary) -> str:
    """Say that no area of the catalogue is called so, "" if one is or no catalogue is known."""
    known = vocabulary.names.get("area", ())
    if not known or vocabulary.has_place(text):
        return ""
    near = _near(text, known)
    hint = f"did you mean {near}?" if near else "name it as a call does, or by its id: area:16."
    return f"There is no area {_shown(text)}; {hint}"


def _compares(text: str) -> bool:
    return _COMPARING.match(text) is not None


def _is_time(value: TermValue) -> bool:
    return value.has_joker or time_test(value.text, _LONG_AGO) is not None


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
    return f"“{visible(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…')}”"


def _either(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}" if len(values) > 1 else "".join(values)


def _all(values: Iterable[str]) -> str:
    *most, last = values
    return f"{', '.join(most)} and {last}"
