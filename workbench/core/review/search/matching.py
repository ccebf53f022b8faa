"""Match samples against a search: a hundred thousand in about a second, while typing."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeVar

from workbench.core.kinds import KINDS
from workbench.core.likeness.contrast import AREA_ARGUMENT
from workbench.core.likeness.scripts import word_count
from workbench.core.likeness.tokens import fold
from workbench.core.request_styles import style_of
from workbench.core.review.facets import Facets
from workbench.core.review.labels import Label
from workbench.core.review.search.amounts import (
    NumberTest,
    TimeTest,
    number_test,
    time_test,
    value_test,
)
from workbench.core.review.search.terms import (
    NUMBER,
    WORD,
    Clause,
    Term,
    TermValue,
    fitting,
    within,
)
from workbench.core.review.search.vocabulary import NO_WORDS, VALUE_ARGUMENT, Vocabulary, begun
from workbench.core.samples import Sample, ToolCall

_FacetTest = Callable[[Facets], bool]
_LabelTest = Callable[[Label | None, bool], bool]
_RowTest = Callable[[int], bool]
_Key = TypeVar("_Key", bound=Hashable)

STATUSES = frozenset({"pass", "warn", "fail"})
_DECISIONS = frozenset({"accepted", "rejected", "skipped"})
_MOST_CALLS = 1_000
"""Calls of a sample that are looked at."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def searchable(query: str) -> str:
    """Return a query in the form that is searched: without case and apostrophes."""
    return fold(query)


class SearchedText:
    """What a search reads of a sample itself, worked out when a condition first asks for it."""

    __slots__ = ("_query", "_replies", "_vocabulary", "_words", "calls", "sample")

    def __init__(self, sample: Sample, vocabulary: Vocabulary) -> None:
        self.sample = sample
        self.calls: Sequence[ToolCall] = sample.calls[:_MOST_CALLS]
        self._vocabulary = vocabulary
        self._query: str | None = None
        self._replies: str | None = None
        self._words: str | None = None

    @property
    def query(self) -> str:
        """All that is said to the assistant, searchable."""
        if self._query is None:
            self._query = searchable(self.sample.words)
        return self._query

    @property
    def replies(self) -> str:
        """What the assistant says, searchable: each reply's kind and words."""
        if self._replies is None:
            replies = (step.reply for step in self.sample.steps)
            self._replies = "\n".join(f"{one.kind} {fold(one.text)}" for one in replies if one)
        return self._replies

    @property
    def words(self) -> str:
        """The words for the calls, see `Vocabulary.call_words`."""
        if self._words is None:
            self._words = self._vocabulary.call_words(self.calls)
        return self._words


_TextTest = Callable[[SearchedText], bool]


@dataclass(frozen=True)
class Search:
    """Conditions that a sample must all meet; without any, every sample does.

    clauses: of each, one term must fit. vocabulary: the words for calls. now: the instant, in UTC,
    that `today` is about.
    """

    clauses: tuple[Clause, ...] = ()
    vocabulary: Vocabulary = field(default=NO_WORDS, compare=False, repr=False)
    now: datetime = field(default=_NEVER, compare=False, repr=False)

    def __bool__(self) -> bool:
        return bool(self.clauses)

    @property
    def words(self) -> tuple[str, ...]:
        """The words and phrases that may be in the query, searchable: what to highlight."""
        terms = (term for clause in self.clauses for term in clause if not term.negated)
        wanted = (term for term in terms if term.key in (WORD, "query"))
        return tuple(fold(value.text) for term in wanted for value in term.values)

    @property
    def number(self) -> int | None:
        """The number of a sample, if the search is that alone, such as `#12`."""
        if len(self.clauses) != 1 or len(self.clauses[0]) != 1:
            return None
        (term,) = self.clauses[0]
        alone = term.key == NUMBER and not term.negated and len(term.values) == 1
        return int(term.values[0].text) if alone and term.values[0].text.isdecimal() else None

    def matches(
        self,
        facets: Facets | None,
        label: Label | None,
        stale: bool,
        sample: Sample | Callable[[], Sample | None] | None,
        row: int = 0,
    ) -> bool:
        """Return whether a sample meets all conditions.

        facets: None while nothing is known; then no condition on them is met, not even a negated
        one. While the verdict is unknown, none on verdict or codes is. stale: whether the label is.
        sample: or a function that returns it, only called if the rest matches; None for an item
        that isn't one: it has no words and waits for no decision, so no condition on them is met,
        not even a negated one. row: its number.
        """
        tests = self._tests
        if tests.facets:
            if facets is None:
                return False
            for facet_test in tests.facets:
                if not facet_test(facets):
                    return False
        for row_test in tests.rows:
            if not row_test(row):
                return False
        unusable = facets is not None and not facets.id
        if unusable and (tests.labels or tests.texts):
            return False
        for label_test in tests.labels:
            if not label_test(label, stale):
                return False
        if not tests.texts and not tests.mixed:
            return True
        there = None if unusable else sample() if callable(sample) else sample
        text = None if there is None else SearchedText(there, self.vocabulary)
        for text_test in tests.texts:
            if text is None or not text_test(text):
                return False
        return all(
            any(
                (part.of == "row" and part.test(row))
                or (part.of == "facets" and facets is not None and part.test(facets))
                or (part.of == "label" and not unusable and part.test(label, stale))
                or (part.of == "text" and text is not None and part.test(text))
                for part in parts
            )
            for parts in tests.mixed
        )

    def may_match(self, facets: Facets, raw: bytes) -> bool:
        """Return False only if a sample's JSON shows that it lacks a word: that spares reading it.

        facets: the sample's.
        """
        if not self._hints or not raw.isascii() or b"\\" in raw:
            return True  # whatever is escaped in it can't be seen
        text = raw.lower()
        key = facets.properties, facets.areas
        for alternatives in self._hints:
            for words, spoken in alternatives:
                if all(word in text or (spoken and spoken[n][key]) for n, word in enumerate(words)):
                    break
            else:
                return False
        return True

    @cached_property
    def _hints(self) -> tuple[tuple["_Hint", ...], ...]:
        """Of each clause that needs words: the words, one alternative of which must be there."""
        found = []
        for clause in self.clauses:
            alternatives = [_hint(term, self.vocabulary) for term in clause]
            if all(alternatives):
                found.append(tuple(filter(None, alternatives)))
        return tuple(found)

    @cached_property
    def _tests(self) -> "_Tests":
        found: dict[str, list[Any]] = {of: [] for of in ("facets", "row", "label", "text")}
        mixed: list[tuple[_Test, ...]] = []
        for clause in self.clauses:
            parts = tuple(_test(term, self.vocabulary, self.now) for term in clause)
            if len(parts) == 1:
                found[parts[0].of].append(parts[0].test)
            elif len({part.of for part in parts}) == 1:
                found[parts[0].of].append(_any(tuple(part.test for part in parts)))
            else:
                mixed.append(parts)
        return _Tests(
            tuple(found["facets"]),
            tuple(found["row"]),
            tuple(found["label"]),
            tuple(found["text"]),
            tuple(mixed),
        )


class _Hint(NamedTuple):
    """Words that must be in a sample's JSON, or else, if `spoken`, in the words for its calls.

    spoken: for each word whether those may have it, by properties and areas.
    """

    words: tuple[bytes, ...]
    spoken: tuple["_Answers[tuple[tuple[str, ...], tuple[int, ...]]]", ...]


def _hint(term: Term, vocabulary: Vocabulary) -> _Hint | None:
    value = term.values[0]
    if term.negated or len(term.values) > 1 or term.key not in (WORD, "query") or value.has_joker:
        return None
    words = fold(value.text).split()
    if not words or not all(word.isascii() for word in words):
        return None
    if term.key == WORD and any(not word[0].isalpha() for word in words):
        return None  # a number may be written in several ways
    spoken = [_Answers(partial(_may_speak, vocabulary, word)) for word in words]
    return _Hint(tuple(map(str.encode, words)), tuple(spoken) if term.key == WORD else ())


def _may_speak(
    vocabulary: Vocabulary, word: str, called: tuple[tuple[str, ...], tuple[int, ...]]
) -> bool:
    return f" {word}" in vocabulary.possible_words(*called)


class _Test(NamedTuple):
    """A term, ready to test. of: what it looks at."""

    of: Literal["facets", "row", "label", "text"]
    test: Callable[..., bool]


class _Tests(NamedTuple):
    """A search's conditions, ready to test, by what they look at; the cheapest come first.

    mixed: clauses whose terms look at different things.
    """

    facets: tuple[_FacetTest, ...]
    rows: tuple[_RowTest, ...]
    labels: tuple[_LabelTest, ...]
    texts: tuple[_TextTest, ...]
    mixed: tuple[tuple[_Test, ...], ...]


def _any(tests: tuple[Callable[..., bool], ...]) -> Callable[..., bool]:
    return lambda *looked_at: any(test(*looked_at) for test in tests)


def _test(term: Term, vocabulary: Vocabulary, now: datetime) -> _Test:
    """Make a term ready to test."""
    key = term.key
    if key == NUMBER:
        return _Test("row", _number_test(term))
    if key == "access":
        return _Test("facets", _access_test(term, vocabulary))
    if key == "property":
        return _Test("facets", _property_test(term, vocabulary))
    if key == "area" and not all(map(is_area_id, term.values)):
        return _Test("text", _place_test(term, vocabulary))
    if key == "value":
        return _Test("text", _value_test(term, vocabulary))
    if key == "decided":
        return _Test("label", _decided_test(term, now))
    if key in _FACET_TESTS:
        return _Test("facets", _FACET_TESTS[key](term))
    if key in _LABEL_TESTS:
        return _Test("label", _LABEL_TESTS[key](term))
    return _Test("text", _TEXT_TESTS[key](term))


class _Answers(dict[_Key, bool]):
    """A test's remembered answers: facets have few different values, and a look-up is quick."""

    def __init__(self, test: Callable[[_Key], bool]) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, key: _Key) -> bool:
        answer = self[key] = self._test(key)
        return answer


def is_area_id(value: TermValue) -> bool:
    """Whether an area is named by its number, perhaps with `*` and `?`, and not in words."""
    return not value.quoted and bool(value.text) and set(value.text) <= set("-0123456789*?")


# ------------------------------------------------------------ facets


def _verdict_test(term: Term) -> _FacetTest:
    fits = fitting(term.values).fullmatch
    # Only known verdicts count: an unknown one isn't another verdict.
    statuses = {status for status in STATUSES if bool(fits(status)) is not term.negated}
    return lambda facets: facets.status in statuses


def _code_test(term: Term) -> _FacetTest:
    answers = _any_fits(term)
    return lambda facets: facets.status != "" and answers[facets.codes]


def _names_test(name: str) -> Callable[[Term], _FacetTest]:
    get: Callable[[Facets], Any] = attrgetter(name)

    def make(term: Term) -> _FacetTest:
        answers = _any_fits(term)
        return lambda facets: answers[get(facets)]

    return make


def _any_fits(term: Term) -> _Answers[tuple[Any, ...]]:
    fits = fitting(term.values).fullmatch

    def test(names: Iterable[Any]) -> bool:
        return any(fits(str(name)) for name in names) is not term.negated

    return _Answers(test)


def _property_test(term: Term, vocabulary: Vocabulary) -> _FacetTest:
    """Look at names, and for a part of one at what people call the property, too."""
    fits = fitting(term.values).fullmatch
    spoken = tuple(value for value in term.values if value.part)
    fits_label = within(spoken).search if spoken else lambda _: None

    def test(names: tuple[str, ...]) -> bool:
        found = any(fits(name) or fits_label(fold(vocabulary.label(name))) for name in names)
        return found is not term.negated

    answers = _Answers(test)
    return lambda facets: answers[facets.properties]


def _access_test(term: Term, vocabulary: Vocabulary) -> _FacetTest:
    fits = fitting(term.values).fullmatch

    def test(functions: tuple[str, ...]) -> bool:
        return any(fits(vocabulary.kind(name)) for name in functions) is not term.negated

    answers = _Answers(test)
    return lambda facets: answers[facets.functions]


def _engine_test(term: Term) -> _FacetTest:
    fits = fitting(term.values).fullmatch
    answers: _Answers[str] = _Answers(lambda engine: bool(fits(engine)) is not term.negated)
    return lambda facets: answers[facets.engine]


def _kind_test(term: Term) -> _FacetTest:
    fits = fitting(term.values).fullmatch
    # Only known kinds count: an item that can't be read isn't of another kind.
    kinds = {kind for kind in KINDS if bool(fits(kind)) is not term.negated}
    return lambda facets: facets.kind in kinds


def _opinion_test(name: str, known: tuple[str, ...]) -> Callable[[Term], _FacetTest]:
    get: Callable[[Facets], str] = attrgetter(name)

    def make(term: Term) -> _FacetTest:
        fits = fitting(term.values).fullmatch
        opinions = {o for o in (*known, "none") if bool(fits(o)) is not term.negated}
        return lambda facets: (get(facets) or "none") in opinions

    return make


def _calls_test(term: Term) -> _FacetTest:
    answers: _Answers[int] = _Answers(_number_test(term))
    return lambda facets: answers[facets.calls]


def _number_test(term: Term) -> Callable[[float], bool]:
    tests = [test for value in term.values if (test := number_test(value.text))]
    return lambda number: any(test(number) for test in tests) is not term.negated


_FACET_TESTS: dict[str, Callable[[Term], _FacetTest]] = {
    "verdict": _verdict_test,
    "calls": _calls_test,
    "function": _names_test("functions"),
    "area": _names_test("areas"),
    "engine": _engine_test,
    "kind": _kind_test,
    "code": _code_test,
    "finding": _code_test,
    "judge": _opinion_test("judge", ("ok", "wrong")),
    "model": _opinion_test("model", ("right", "wrong")),
}


# ------------------------------------------------------------ labels


def _decision_test(term: Term) -> _LabelTest:
    fits = fitting(term.values).fullmatch
    decisions: set[str | None] = {decision for decision in _DECISIONS if fits(decision)}
    if fits("none"):
        decisions.add(None)
    edited, stale, wanted = bool(fits("edited")), bool(fits("stale")), not term.negated

    def test(label: Label | None, is_stale: bool) -> bool:
        if label is None:
            return (None in decisions) is wanted
        fitted = (
            label.decision in decisions
            or (edited and label.edited is not None)
            or (stale and is_stale)
        )
        return fitted is wanted

    return test


def _written_test(*names: str) -> Callable[[Term], _LabelTest]:
    """Make tests for words in what a reviewer has written."""

    def make(term: Term) -> _LabelTest:
        fits = within(term.values).fullmatch

        def test(label: Label | None, _: bool) -> bool:
            texts = () if label is None else [getattr(label, name) for name in names]
            return any(fits(fold(text)) for text in texts if text) is not term.negated

        return test

    return make


def _reviewer_test(term: Term) -> _LabelTest:
    fits = fitting(term.values).fullmatch

    def test(label: Label | None, _: bool) -> bool:
        found = label is not None and label.decision is not None and fits(label.reviewer)
        return bool(found) is not term.negated

    return test


def _tag_test(term: Term) -> _LabelTest:
    fits = fitting(term.values).fullmatch

    def test(label: Label | None, _: bool) -> bool:
        tags = () if label is None else label.tags
        return any(map(fits, tags)) is not term.negated

    return test


def _dismissed_test(term: Term) -> _LabelTest:
    fits = fitting(term.values).fullmatch

    def test(label: Label | None, _: bool) -> bool:
        dismissed = () if label is None else label.dismissed
        return any(fits(one.code) for one in dismissed) is not term.negated

    return test


def _decided_test(term: Term, now: datetime) -> _LabelTest:
    tests = [_one_time_test(value, now) for value in term.values]

    def test(label: Label | None, _: bool) -> bool:
        decided = label if label and label.decision else None
        found = decided is not None and any(one(decided.time) for one in tests)
        return found is not term.negated

    return test


def _one_time_test(value: TermValue, now: datetime) -> TimeTest:
    read = None if value.has_joker else time_test(value.text, now)
    fits = fitting((value,)).fullmatch
    return read or (lambda time: bool(fits(time)))


def _seconds_test(term: Term) -> _LabelTest:
    tests = [one for value in term.values if (one := number_test(value.text))]

    def test(label: Label | None, _: bool) -> bool:
        found = label is not None and label.decision and any(t(label.seconds) for t in tests)
        return bool(found) is not term.negated

    return test


_LABEL_TESTS: dict[str, Callable[[Term], _LabelTest]] = {
    "decision": _decision_test,
    "reviewer": _reviewer_test,
    "comment": _written_test("note"),
    "reason": _written_test("reason"),
    "note": _written_test("note", "reason"),
    "tag": _tag_test,
    "dismissed": _dismissed_test,
    "seconds": _seconds_test,
}


# ------------------------------------------------------------ the sample itself


def _word_test(term: Term) -> _TextTest:
    """Look for a word in what is said, and for its beginning in the words for the calls."""
    word, wanted = fold(term.values[0].text), not term.negated
    beginning = begun(word)
    return lambda text: (
        (word in text.query or beginning in text.words or word in text.replies) is wanted
    )


def _query_test(term: Term) -> _TextTest:
    fits = within(term.values).fullmatch
    return lambda text: bool(fits(text.query)) is not term.negated


def _reply_test(term: Term) -> _TextTest:
    fits = within(term.values).fullmatch
    return lambda text: bool(fits(text.replies)) is not term.negated


def _style_test(term: Term) -> _TextTest:
    fits = fitting(term.values).fullmatch
    return lambda text: bool(fits(style_of(text.sample) or "")) is not term.negated


def _length_test(term: Term) -> _TextTest:
    test = _number_test(term)
    return lambda text: test(word_count(text.query))


def _place_test(term: Term, vocabulary: Vocabulary) -> _TextTest:
    """Look for the beginnings of words for places; those named by a number count as numbers."""
    numbers = tuple(value for value in term.values if is_area_id(value))
    fits_number = fitting(numbers).fullmatch if numbers else None
    fits_words = _beginning(value for value in term.values if not is_area_id(value))

    def fits(call: ToolCall) -> bool:
        area = call.arguments.get(AREA_ARGUMENT)
        by_number = fits_number and type(area) is int and fits_number(str(area))
        return bool(by_number or fits_words(vocabulary.place(call)))

    return lambda text: any(map(fits, text.calls)) is not term.negated


def _value_test(term: Term, vocabulary: Vocabulary) -> _TextTest:
    """Compare numbers with the values that calls set, and words with the words for those."""
    numbers = [test for value in term.values if (test := _amount(value))]
    fits_words = _beginning(value for value in term.values if not _amount(value))

    def fits(call: ToolCall) -> bool:
        value = call.arguments.get(VALUE_ARGUMENT)
        values = value if isinstance(value, list) else (value,)
        amounts = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
        if any(test(amount) for amount in amounts for test in numbers):
            return True
        return bool(fits_words(vocabulary.value(call)))

    return lambda text: any(map(fits, text.calls)) is not term.negated


def _amount(value: TermValue) -> NumberTest | None:
    return None if value.quoted else value_test(value.text)


def _beginning(values: Iterable[TermValue]) -> Callable[[str], object]:
    """Make a test for words of a `Vocabulary` that begin with one of the values."""
    begins = tuple(replace(value, text=begun(value.text)) for value in values)
    return within(begins).fullmatch if begins else lambda _: None


_TEXT_TESTS: dict[str, Callable[[Term], _TextTest]] = {
    WORD: _word_test,
    "query": _query_test,
    "reply": _reply_test,
    "style": _style_test,
    "words": _length_test,
}
