"""The words that scope is read by, compiled once from a lexicon."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.phrase_book import PhraseBook
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.query_text import QueryText

TokenSpan = tuple[int, int]
"""Tokens, from and to."""

MARKS = frozenset({".", ",", "?", "!", ";"})
ENDS = frozenset({".", "?", "!", ";"})


class Phrases:
    """A list of phrases to be found in texts."""

    def __init__(self, phrases: Iterable[str], book: PhraseBook) -> None:
        self._index = PhraseIndex(((phrase, None) for phrase in phrases), book)
        self._book, self._mask = book, self._index.mask

    def spans(self, text: QueryText) -> list[TokenSpan]:
        """Return where the phrases are, from left to right, the longest where several begin."""
        found = text.phrases
        if found is not None and found.book is self._book and not found.candidates & self._mask:
            return []
        spans = self._index.spans(text)
        if not spans:
            return []
        kept: list[TokenSpan] = []
        for begin, end in sorted(
            {span for _, found in spans for span in found}, key=lambda span: (span[0], -span[1])
        ):
            if begin < end and (not kept or begin >= kept[-1][1]):
                kept.append((begin, end))
        return kept


@dataclass(frozen=True)
class ScopeWords:
    """What a lexicon says of scope; see `data/lexicon/scope.toml`.

    families: for each direction word those that contradict it, and itself. people, pronouns: words
    for someone, with `she`, `he` or `they`.
    """

    retract: Phrases
    cancel: Phrases
    cancel_named: Phrases
    no_retraction: Phrases
    swap: Phrases
    amounts: Phrases
    exceptions: Phrases
    except_bare: frozenset[str]
    spare: frozenset[str]
    spare_alone: frozenset[str]
    spared: Phrases
    stays: Phrases
    universal: frozenset[str]
    no_exception_after: frozenset[str]
    rest: Phrases
    weak: frozenset[str]
    anew: frozenset[str]
    empty: frozenset[str]
    pointers: frozenset[str]
    commands: frozenset[str]
    families: dict[str, frozenset[str]]
    people: dict[str, str]
    pronouns: dict[str, str]
    to_place: frozenset[str]
    from_place: frozenset[str]
    driving: frozenset[str]
    relations: dict[str, Phrases]
    setting: frozenset[str]
    conditional: frozenset[str]
    past: Phrases
    unresolved_exception: Phrases
    unresolved_retraction: Phrases
    away: Phrases
    forbidding: Phrases
    reported: Phrases
    outdoors: Phrases
    stepping: frozenset[str]
    wanting: frozenset[str]
    speaking: frozenset[str]
    between: frozenset[str]
    one: frozenset[str]
    doubtful: frozenset[str]
    denying: Phrases
    remaining: Phrases
    corrects: frozenset[str]


def scope_words(lexicon: Lexicon, book: PhraseBook) -> ScopeWords:
    """Compile what a lexicon says of scope; one that says nothing of it finds nothing."""

    def words(name: str) -> frozenset[str]:
        return frozenset(lexicon.scope.get(name, ()))

    def phrases(name: str) -> Phrases:
        return Phrases(lexicon.scope.get(name, ()), book)

    families: dict[str, frozenset[str]] = {}
    for family in lexicon.scope.get("opposites", ()):
        members = frozenset(family.split())
        for member in members:
            families[member] = families.get(member, frozenset()) | members
    people = {
        form: pronoun
        for name, pronoun in (("female", "she"), ("male", "he"), ("either", "they"))
        for word in lexicon.scope.get(name, ())
        for form in (word, f"{word}s")
    }
    return ScopeWords(
        retract=phrases("retract"),
        cancel=phrases("cancel"),
        cancel_named=phrases("cancel_named"),
        no_retraction=phrases("no_retraction"),
        swap=phrases("swap"),
        amounts=phrases("amounts"),
        exceptions=phrases("except"),
        except_bare=words("except_bare"),
        spare=words("spare"),
        spared=phrases("spared"),
        spare_alone=words("spare_alone"),
        stays=phrases("stays"),
        universal=words("universal"),
        no_exception_after=words("not_after"),
        rest=phrases("rest"),
        weak=words("retract_weakly"),
        anew=words("retract_anew"),
        empty=words("empty"),
        pointers=words("pointers"),
        commands=frozenset(p for p in lexicon.classes.get("command", ()) if " " not in p),
        families=families,
        people=people,
        pronouns={word: name for name in ("she", "he", "they") for word in words(name)},
        to_place=words("to_place"),
        from_place=words("from_place"),
        driving=words("driving"),
        setting=words("setting"),
        conditional=words("conditional"),
        past=phrases("past"),
        unresolved_exception=phrases("unresolved_exception"),
        unresolved_retraction=phrases("unresolved_retraction"),
        away=phrases("away"),
        forbidding=phrases("forbidding"),
        reported=phrases("reported"),
        outdoors=phrases("outdoors"),
        stepping=words("stepping"),
        wanting=words("wanting"),
        speaking=words("speaking"),
        between=words("between"),
        one=words("one"),
        doubtful=words("doubtful"),
        denying=phrases("denying"),
        remaining=phrases("remaining"),
        corrects=words("corrects"),
        relations={name: phrases(name) for name in ("beside", "behind", "in_front", "with_me")},
    )
