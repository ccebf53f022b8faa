"""Match samples against a search: a hundred thousand in under a second, while typing."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from workbench.core.likeness.tokens import fold
from workbench.core.review.facets import Facets
from workbench.core.review.labels import Label
from workbench.core.review.search.terms import WORD, Term, fitting, within

_FacetTest = Callable[[Facets], bool]
_NumberTest = Callable[[float], bool]
_LabelTest = Callable[[Label | None, bool], bool]
_Key = TypeVar("_Key", bound=Hashable)

STATUSES = frozenset({"pass", "warn", "fail"})
_DECISIONS = frozenset({"accepted", "rejected", "skipped"})


def searchable(query: str) -> str:
    """Return a query in the form that is searched: without case and apostrophes."""
    return fold(query)


@dataclass(frozen=True)
class Search:
    """Conditions that a sample must all meet; without any, every sample does."""

    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def words(self) -> tuple[str, ...]:
        """The words and phrases that must be in the query, searchable: what to highlight."""
        return tuple(word for word, wanted in self._tests.words if wanted)

    @property
    def needs_text(self) -> bool:
        """Whether it looks at the query's words."""
        return bool(self._tests.words or self._tests.lengths)

    @property
    def needs_labels(self) -> bool:
        """Whether it looks at labels, so that a decision can change its results."""
        return bool(self._tests.labels)

    def matches(
        self,
        facets: Facets | None,
        label: Label | None,
        stale: bool,
        text: str | Callable[[], str],
    ) -> bool:
        """Return whether a sample meets all conditions.

        facets: None while nothing is known; then no condition on them is met, not even a negated
        one. While the verdict is unknown, none on verdict or codes is. stale: whether the label is.
        text: the query, made `searchable`, or a function that returns it, only called if the rest
        matches.
        """
        tests = self._tests
        if tests.facets:
            if facets is None:
                return False
            for facet_test in tests.facets:
                if not facet_test(facets):
                    return False
        for label_test in tests.labels:
            if not label_test(label, stale):
                return False
        if tests.words or tests.lengths:
            if not isinstance(text, str):
                text = text()
            for length_test in tests.lengths:
                if not length_test(len(text.split())):
                    return False
            for word, wanted in tests.words:
                if (word in text) is not wanted:
                    return False
        return True

    @cached_property
    def _tests(self) -> "_Tests":
        facets = [_facet_test(term) for term in self.terms if term.key in _FACET_TESTS]
        labels = [_LABEL_TESTS[t.key](t) for t in self.terms if t.key in _LABEL_TESTS]
        words = [(fold(t.values[0].text), not t.negated) for t in self.terms if t.key == WORD]
        lengths = [_number_test(t) for t in self.terms if t.key == "words"]
        return _Tests(tuple(facets), tuple(labels), tuple(words), tuple(lengths))


class _Tests(NamedTuple):
    """A search's conditions, ready to test, by what they look at; the cheapest come first."""

    facets: tuple[_FacetTest, ...]
    labels: tuple[_LabelTest, ...]
    words: tuple[tuple[str, bool], ...]
    lengths: tuple[_NumberTest, ...]


class _Answers(dict[_Key, bool]):
    """A test's remembered answers: facets have few different values, and a look-up is quick."""

    def __init__(self, test: Callable[[_Key], bool]) -> None:
        super().__init__()
        self._test = test

    def __missing__(self, key: _Key) -> bool:
        answer = self[key] = self._test(key)
        return answer


def _facet_test(term: Term) -> _FacetTest:
    return _FACET_TESTS[term.key](term)


def _verdict_test(term: Term) -> _FacetTest:
    fits = fitting(term.values).fullmatch
    # Only known verdicts count: an unknown one isn't another verdict.
    statuses = {status for status in STATUSES if bool(fits(status)) is not term.negated}
    return lambda facets: facets.status in statuses


def _code_test(term: Term) -> _FacetTest:
    answers = _any_fits(term)
    return lambda facets: facets.status != "" and answers[facets.codes]


def _names_test(field: str) -> Callable[[Term], _FacetTest]:
    get: Callable[[Facets], Any] = attrgetter(field)

    def make(term: Term) -> _FacetTest:
        answers = _any_fits(term)
        return lambda facets: answers[get(facets)]

    return make


def _any_fits(term: Term) -> _Answers[tuple[Any, ...]]:
    fits = fitting(term.values).fullmatch

    def test(names: Iterable[Any]) -> bool:
        return any(fits(str(name)) for name in names) is not term.negated

    return _Answers(test)


def _engine_test(term: Term) -> _FacetTest:
    fits = fitting(term.values).fullmatch
    answers: _Answers[str] = _Answers(lambda engine: bool(fits(engine)) is not term.negated)
    return lambda facets: answers[facets.engine]


def _opinion_test(field: str, known: tuple[str, ...]) -> Callable[[Term], _FacetTest]:
    get: Callable[[Facets], str] = attrgetter(field)

    def make(term: Term) -> _FacetTest:
        fits = fitting(term.values).fullmatch
        opinions = {o for o in (*known, "none") if bool(fits(o)) is not term.negated}
        return lambda facets: (get(facets) or "none") in opinions

    return make


def _calls_test(term: Term) -> _FacetTest:
    answers: _Answers[int] = _Answers(_number_test(term))
    return lambda facets: answers[facets.calls]


def _number_test(term: Term) -> _NumberTest:
    tests = [_count_test(value.text) for value in term.values]
    return lambda number: any(test(number) for test in tests) is not term.negated


def _count_test(text: str) -> _NumberTest:
    """Read `2`, `<2` or `>2`; the parser has checked that it is one of these."""
    number = int(text.lstrip("<>"))
    if text[0] == "<":
        return lambda count: count < number
    return (lambda count: count > number) if text[0] == ">" else lambda count: count == number


_FACET_TESTS: dict[str, Callable[[Term], _FacetTest]] = {
    "verdict": _verdict_test,
    "calls": _calls_test,
    "function": _names_test("functions"),
    "property": _names_test("properties"),
    "area": _names_test("areas"),
    "engine": _engine_test,
    "code": _code_test,
    "judge": _opinion_test("judge", ("ok", "wrong")),
    "model": _opinion_test("model", ("right", "wrong")),
}


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


def _note_test(term: Term) -> _LabelTest:
    fits = within(term.values).fullmatch

    def test(label: Label | None, _: bool) -> bool:
        if label is None:
            return term.negated
        notes = (note for note in (label.note, label.reason) if note)
        return any(fits(fold(note)) for note in notes) is not term.negated

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


def _decided_test(term: Term) -> _LabelTest:
    fits = fitting(term.values).fullmatch

    def test(label: Label | None, _: bool) -> bool:
        found = label is not None and label.decision is not None and fits(label.time)
        return bool(found) is not term.negated

    return test


def _seconds_test(term: Term) -> _LabelTest:
    tests = [_count_test(value.text) for value in term.values]

    def test(label: Label | None, _: bool) -> bool:
        found = label is not None and label.decision and any(t(label.seconds) for t in tests)
        return bool(found) is not term.negated

    return test


_LABEL_TESTS: dict[str, Callable[[Term], _LabelTest]] = {
    "decision": _decision_test,
    "note": _note_test,
    "tag": _tag_test,
    "dismissed": _dismissed_test,
    "decided": _decided_test,
    "seconds": _seconds_test,
}
