"""The lexicon: people's words for properties, places and values; all of it data.

Phrases are written in a small pattern language over normalised words (see `text`):

    seat heating            these words, in this order
    (seat|chair) heat~      one of several; `~` stands for any ending: heat, heater, heating
    [the] fan               words that may be missing
    lock ... door~          up to four words in between, within one clause and before any "and"
    [~] [~] seat            a `~` on its own is any one word
    # degrees               `#` is a number, in digits or words
    @on                     all phrases of the class `on` of the file's [classes]
"""

import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

_MAX_GAP = 4
_MOST_PHRASES = 20_000
"""The most phrases that one list may expand to."""
_MOST_IN_ALL = 500_000
_LONGEST = 2000
"""Characters of a phrase."""
_MOST_LOOSE = 16
"""The most optional parts of a phrase, a gap counting twice: their number is an exponent."""
NEEDED = (
    *("aside", "cancel", "command", "instead", "kin", "leave", "negation", "noise", "polite"),
    *("pronoun", "question", "report", "self", "somewhere", "spare", "state", "statement"),
    *("verb", "wish"),
)
"""Classes that the rules use by name."""
_DEEPEST = 20
"""Brackets in brackets."""


class LexiconError(ValueError):
    """Unusable phrases. class_name: the class concerned, "" for phrases outside classes."""

    def __init__(self, message: str, class_name: str = "") -> None:
        super().__init__(message)
        self.class_name = class_name


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PropertyWords(_Strict):
    """How people speak of one property.

    names: mention this property and no other. joint: mention it together with the others that have
    the same phrase, and all of them are meant: a share needs level and capacity. shared: may mean
    it or others; they excuse a call, but name none. asks: ask to read it. needs: what people
    feel or see when they want it set.
    plain: numbers from and to that mean this property if no word says what they are. words: value
    words, by the value they mean: `true`, `false`, `=2`, `!=0`, `>0`, `<0`, `=max`,
    `=min`. relief: words for a need, by the values that serve it, also `>=22`, several side by
    side; under "", words that only look like a need.
    """

    names: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = {}
    relief: dict[str, tuple[str, ...]] = {}
    plain: tuple[float, float] | None = None


class SoundsLike(_Strict):
    """A word as it is misheard, what is meant, and neighbours of which one must be there.

    sure: a regional word, which can mean nothing else.
    """

    said: str
    meant: str
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    sure: bool = False


class Lexicon(_Strict):
    """The lexicon files, merged.

    classes: phrases that others name with `@`. numbers: words around a number that show it isn't a
    value (`not_before`, `not_after`), and spelt-out units. places: phrases by the position they
    name (see `places`). scope: words that say which other words count (see `scope`).
    fractions: words for a part of the way, and which part. sounds: words that sound
    like others. languages: words that aren't English, by language; `likely` and `borrowed` ones.
    number_words: words for numbers, which English doesn't need. packs: the lists of other
    languages, by their names in `languages`; each reads only the properties that it has.
    """

    classes: dict[str, tuple[str, ...]] = {}
    numbers: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[str, ...]] = {}
    scope: dict[str, tuple[str, ...]] = {}
    fractions: dict[str, float] = {}
    sounds: tuple[SoundsLike, ...] = ()
    languages: dict[str, tuple[str, ...]] = {}
    properties: dict[str, dict[str, PropertyWords]] = {}
    number_words: dict[str, float] = {}
    packs: dict[str, "Lexicon"] = {}


def expand(phrases: Sequence[str], classes: Mapping[str, Sequence[str]]) -> list[str]:
    """Replace `@class` by the phrases of the class.

    Raises `LexiconError` for an unknown class, one that names itself, and too many phrases.
    """
    result: list[str] = []
    waiting = [iter(phrases)]
    inside = [""]
    steps = 0
    while waiting:
        phrase = next(waiting[-1], None)
        if phrase is None:
            waiting.pop()
            inside.pop()
            continue
        steps += 1
        if steps > _MOST_PHRASES:
            name = (*inside, "")[1]
            raise LexiconError(
                f"the class @{name} expands to more than {_MOST_PHRASES:,} phrases", name
            )
        if not phrase.startswith("@"):
            result.append(phrase)
            continue
        name = phrase[1:]
        if name not in classes:
            raise LexiconError(f"there is no class {phrase}", inside[-1])
        if name in inside:
            raise LexiconError(f"the class {phrase} names itself", name)
        waiting.append(iter(classes[name]))
        inside.append(name)
    return result


PART = re.compile(r"\.\.\.|[()|\[\]]|[^\s()|\[\]]+")
_WORD = r"(?!(?:and|then|but) )[^ .,;?!]+"


def to_regex(phrase: str, *, across: bool = False) -> str:
    """Translate a phrase into a regular expression over text of the form ` word word word `.

    Each word is matched with the blank after it; a match begins after a blank. across: gaps may
    span "and" ("face … and floor").
    """
    any_word = r"[^ .,;?!]+" if across else _WORD
    out: list[str] = []
    for part in PART.findall(phrase):
        if part == "...":
            out.append(rf"(?:{any_word} ){{0,{_MAX_GAP}}}?")
        elif part in ("(", "["):
            out.append("(?:")
        elif part == "]":
            out.append(")?")
        elif part in ")|":
            out.append(part)
        elif part == "#":
            out.append("# ")
        elif part == "~":
            out.append(f"{any_word} ")
        else:
            word = re.escape(part.removesuffix("~"))
            out.append(word + (r"[^ .,;?!]* " if part.endswith("~") else " "))
    return "".join(out)


def check_phrase(phrase: str) -> None:
    """Check that a phrase's brackets close, and that it is quickly found. Raises `LexiconError`.

    Everything else is legal, and compiling thousands of phrases just to check would take long.
    """
    if len(phrase) > _LONGEST:
        raise LexiconError(f"{phrase[:30]!r}… is longer than {_LONGEST:,} characters")
    if phrase.count("[") + 2 * phrase.count("...") > _MOST_LOOSE:
        raise LexiconError(
            f"{phrase!r} has too many optional parts ([…], ...): write several phrases"
        )
    closing = {"(": ")", "[": "]"}
    open_: list[str] = []
    for part in PART.findall(phrase):
        if part in closing:
            open_.append(closing[part])
            if len(open_) > _DEEPEST:
                raise LexiconError(f"{phrase!r} nests brackets more than {_DEEPEST} deep")
        elif part in closing.values() and (not open_ or open_.pop() != part):
            raise LexiconError(f"{phrase!r} is not a phrase: {part!r} closes nothing")
        elif part == "|" and not open_:
            raise LexiconError(f"{phrase!r} is not a phrase: '|' is outside brackets")
    if open_:
        raise LexiconError(f"{phrase!r} is not a phrase: {open_[-1]!r} is missing")


def check_lexicon(lexicon: Lexicon) -> None:
    """Check that every phrase is one and every class is there. Raises `LexiconError` naming it."""
    lists: list[Sequence[str]] = [
        *lexicon.classes.values(),
        *lexicon.places.values(),
        *lexicon.scope.values(),
        list(lexicon.fractions),
    ]
    for types in lexicon.properties.values():
        for words in types.values():
            lists += [words.names, words.joint, words.shared, words.asks, words.needs]
            lists += [*words.words.values(), *words.relief.values()]
    checked: set[str] = set()
    total = 0
    for phrases in lists:
        expanded = expand(phrases, lexicon.classes)
        total += len(expanded)
        if total > _MOST_IN_ALL:
            raise LexiconError(f"its classes expand to more than {_MOST_IN_ALL:,} phrases in total")
        for phrase in expanded:
            if phrase not in checked:
                check_phrase(phrase)
                checked.add(phrase)
    missing = [name for name in NEEDED if name not in lexicon.classes]
    if missing:
        raise LexiconError(f"the class {missing[0]}, which reading needs, is missing")
