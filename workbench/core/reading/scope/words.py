"""The words that scope is read by, compiled once from a lexicon."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.query_text import QueryText

Span = tuple[int, int]
"""Tokens, from and to."""

MARKS = frozenset({".", ",", "?", "!", ";"})
ENDS = frozenset({".", "?", "!", ";"})


class Phrases:
    """A list of phrases to be found in texts."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._index = PhraseIndex((phrase, None) for phrase in phrases)

    def spans(self, text: QueryText) -> list[Span]:
        """Return where the phrases are, from left to right, the longest where several begin."""
        found = {text.span(start, stop) for start, stop, _ in self._index.find(text.flat, text.words)}
        kept: list[Span] = []
        for begin, end in sorted(found, key=lambda span: (span[0], -span[1])):
            if begin < end and (not kept or begin >= kept[-1][1]):
                kept.append((begin, end))
        return kept


@dataclass(frozen=True)
class ScopeWords:
    """What a lexicon says of scope; see `data/lexicon/scope.toml`."""

    retract: Phrases
    cancel: Phrases
    cancel_named: Phrases
    no_retraction: Phrases
    swap: Phrases
    amounts: Phrases
    exceptions: Phrases
    spare: frozenset[str]
    spared: Phrases
    but_before: frozenset[str]
    no_exception_after: frozenset[str]
    rest: Phrases
    weak: frozenset[str]
    empty: frozenset[str]
    pointers: frozenset[str]
    commands: frozenset[str]
    families: dict[str, frozenset[str]]


def scope_words(lexicon: Lexicon) -> ScopeWords:
    """Compile what a lexicon says of scope; one that says nothing of it finds nothing."""

    def words(name: str) -> frozenset[str]:
        return frozenset(lexicon.scope.get(name, ()))

    def phrases(name: str) -> Phrases:
        return Phrases(lexicon.scope.get(name, ()))

    families: dict[str, frozenset[str]] = {}
    for family in lexicon.scope.get("opposites", ()):
        members = frozenset(family.split())
        for member in members:
            families[member] = families.get(member, frozenset()) | members
    return ScopeWords(
        retract=phrases("retract"),
        cancel=phrases("cancel"),
        cancel_named=phrases("cancel_named"),
        no_retraction=phrases("no_retraction"),
        swap=phrases("swap"),
        amounts=phrases("amounts"),
        exceptions=phrases("except"),
        spare=words("spare"),
        spared=phrases("spared"),
        but_before=words("but_before"),
        no_exception_after=words("not_after"),
        rest=phrases("rest"),
        weak=words("retract_weakly"),
        empty=words("empty"),
        pointers=words("pointers"),
        commands=frozenset(p for p in lexicon.classes.get("command", ()) if " " not in p),
        families=families,
    )
