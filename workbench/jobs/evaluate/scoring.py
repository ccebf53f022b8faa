"""Score saved answers against the records as they are now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from workbench.adapters.answers import Answer, AnswersHead, read_again
from workbench.core.car.catalog import Catalog
from workbench.core.samples import ToolCall
from workbench.core.text.plain import visible
from workbench.core.training.gold import Gold, kind_told
from workbench.core.training.outputs import (
    FAMILIES,
    Output,
    ParameterTypes,
    detect_family,
    holds_calls,
    parameter_types,
    read_output,
)
from workbench.core.training.records.told import state_after
from workbench.core.training.scoring import (
    Score,
    SpokenSummary,
    Summary,
    TriesSummary,
    score_said,
    score_sample,
    summarise,
    summarise_spoken,
    summarise_tries,
    unanswered,
)
from workbench.core.training.told_keys import told_key
from workbench.jobs.evaluate.pairing import SavedAnswers, is_stale


@dataclass(frozen=True, slots=True)
class Result:
    """One record, what the model answered, and its score. changed: signed again since it was asked.

    stale: the record now shows the model something else, such as another format of the catalogue.
    unanswered: why there isn't an answer, "" if there is one.
    """

    gold: Gold
    output: Output
    score: Score
    changed: bool = False
    stale: bool = False
    unanswered: str = ""


@dataclass(frozen=True)
class Evaluation:
    """A model's results on records, and their summary. notes: what readers must know about them.

    spoken: what else there is to say if more than calls was wanted, None if not. tries: how often
    all tries are right; the others are means over all of them. None if each was asked once.
    """

    head: AnswersHead
    results: tuple[Result, ...]
    summary: Summary
    notes: tuple[str, ...] = ()
    spoken: SpokenSummary | None = None
    tries: TriesSummary | None = None

    @property
    def split(self) -> str:
        """The split of the records."""
        return self.results[0].gold.split if self.results else self.head.split

    @property
    def scores(self) -> tuple[Score, ...]:
        """The scores in the order of the records."""
        return tuple(result.score for result in self.results)


def evaluate_answers(
    golds: Sequence[Gold],
    head: AnswersHead,
    answers: Sequence[Answer],
    catalog: Catalog,
    accept: Mapping[str, Sequence[Sequence[ToolCall]]] | None = None,
) -> Evaluation:
    """Score answers. A record without an answer scores as one that calls nothing.

    accept: other right answers, see `load_accept`.
    """
    saved = SavedAnswers(answers)
    types = parameter_types(catalog.functions)
    results = []
    for gold in golds:
        answer = saved.pop(gold)
        if answer is None or answer.error:
            why = answer.error if answer else "it was not asked"
            score = _unanswered(gold, catalog)
            results.append(Result(gold, Output(), score, unanswered=why))
            continue
        output = read_answer(answer, head, types)
        others = _others(gold, accept, catalog) if accept else ()
        score = _score(gold, output, others, catalog)
        changed, stale = answer.gold != gold.sample.id, is_stale(answer, gold)
        results.append(Result(gold, output, score, changed=changed, stale=stale))
    summary = summarise([g.sample for g in golds], [r.score for r in results], catalog)
    spoken = None
    if any(gold.text is not None or gold.nth for gold in golds):
        numbers = list(conversations_of(golds))
        # The last thing said in a conversation tells the whole of it.
        lasts = dict(zip(numbers, golds, strict=True))
        kinds = {number: kind_told(gold.told) for number, gold in lasts.items()}
        spoken = summarise_spoken([result.score for result in results], numbers, kinds)
    tries = summarise_tries(
        1 + max((gold.attempt for gold in golds), default=0),
        (((one.gold.number, one.gold.nth), one.score.exact) for one in results),
    )
    return Evaluation(head, tuple(results), summary, tuple(_notes(results, head)), spoken, tries)


def _score(
    gold: Gold, output: Output, others: Sequence[Sequence[ToolCall]], catalog: Catalog
) -> Score:
    """Score an answer. others: other right calls."""
    sample = replace(gold.sample, state=state_after(gold.before, catalog))
    if gold.text is None:
        return score_sample(sample, output, catalog, others)
    score = score_said(gold.text, output, catalog)
    if not any(
        score_sample(replace(sample, answers=tuple(calls)), output, catalog).exact
        for calls in others
    ):
        return score
    return replace(score, exact=True, ordered=True, effect=True)


def _others(
    gold: Gold, accept: Mapping[str, Sequence[Sequence[ToolCall]]], catalog: Catalog
) -> Sequence[Sequence[ToolCall]]:
    """Return the other right answers to a question."""
    return (*accept.get(gold.sample.id, ()), *accept.get(told_key(gold.told, catalog), ()))


def conversations_of(golds: Sequence[Gold]) -> Iterator[int]:
    """Yield for each thing to be said the number of its conversation, counted from 1.

    Records of one thing each follow one another in the order in which it is said.
    """
    number = 0
    before: Gold | None = None
    for gold in golds:
        goes_on = before is not None and gold.nth == before.nth + 1 and _follows(gold, before)
        number += not goes_on
        before = gold
        yield number


def _follows(gold: Gold, before: Gold) -> bool:
    """Whether something is said in the conversation in which something else was said before."""
    return gold.before[: before.nth] == before.before and (
        gold.before[before.nth].calls == before.sample.answers
        and gold.before[before.nth].text == before.text
    )


def _unanswered(gold: Gold, catalog: Catalog) -> Score:
    if gold.text is None:
        return replace(unanswered(gold.sample, catalog), act="nothing")
    score = score_said(gold.text, Output(), catalog)
    return replace(score, faults=("no answer",))


def read_answer(answer: Answer, head: AnswersHead, types: ParameterTypes) -> Output:
    """Read an answer: calls as the server parsed them, or its text by the model's family.

    If no whole call was read when it arrived, its body is read again.
    """
    if not answer.calls and answer.raw:
        answer = read_again(answer, head)
    in_text = not answer.calls and not answer.broken and holds_calls(answer.text)
    if answer.calls is not None and not in_text:
        return Output(answer.calls, answer.broken, answer.text)
    given = next((family for family in FAMILIES if family == head.family), None)
    family = given or detect_family(answer.text) or "llama"
    return read_output(answer.text, family, types)


def _notes(results: Sequence[Result], head: AnswersHead) -> list[str]:
    notes = []
    changed = sum(result.changed for result in results)
    if changed:
        notes.append(f"Since the model was asked, {_records(changed)} signed again.")
    stale = sum(result.stale for result in results)
    if stale:
        notes.append(
            f"Since the model was asked, {_records(stale)} given another message or other "
            f"functions; ask again."
        )
    missing = sum(bool(result.unanswered) for result in results)
    if missing:
        notes.append(f"No answer, counted as wrong: {missing:,} of {len(results):,}.")
    calls = [call for result in results for call in result.output.calls]
    areas = [call.arguments.get("areaId") for call in calls]
    by_server = head.source == "endpoint" and not head.family
    if by_server and calls and not any(type(area) is int for area in areas):
        notes.append(
            "No call has an integer areaId: the server's parser may lose or change values; "
            "evaluate with --raw."
        )
    said = next((result.output.text for result in results if result.output.text), "")
    if by_server and said and not calls and not any(r.output.broken for r in results):
        notes.append(
            "No answer contains a readable call; they are all text. The first begins "
            f"“{visible(said[:60])}”."
        )
    return notes


def _records(count: int) -> str:
    return "1 record was" if count == 1 else f"{count:,} records were"
