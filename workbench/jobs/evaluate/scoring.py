"""Score saved answers against the records as they are now."""

from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.adapters.answers import Answer, AnswersHead
from workbench.core.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.gold import Gold
from workbench.core.outputs import (
    FAMILIES,
    Output,
    ParameterTypes,
    detect_family,
    parameter_types,
    read_output,
)
from workbench.core.plain import visible
from workbench.core.samples import ToolCall
from workbench.core.scoring import Score, Summary, score_sample, summarise, unanswered


@dataclass(frozen=True, slots=True)
class Result:
    """One record, what the model answered, and its score. changed: signed anew since it was asked.

    unanswered: why there is no answer, "" where there is one.
    """

    gold: Gold
    output: Output
    score: Score
    changed: bool = False
    unanswered: str = ""


@dataclass(frozen=True)
class Evaluation:
    """A model's results on records, and their summary. notes: what a reader must know of them."""

    head: AnswersHead
    results: tuple[Result, ...]
    summary: Summary
    notes: tuple[str, ...] = ()

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

    accept: other right answers by content id of the signed sample.
    """
    by_query: dict[str, deque[Answer]] = defaultdict(deque)
    for line in answers:
        queue = by_query[line.query]
        if queue and queue[-1].error:
            queue.pop()  # asked anew
        queue.append(line)
    types = parameter_types(catalog.functions)
    results = []
    for gold in golds:
        queue = by_query[gold.sample.query]
        answer = queue.popleft() if queue else None
        if answer is None or answer.error:
            why = answer.error if answer else "it was not asked"
            score = unanswered(gold.sample, catalog)
            results.append(Result(gold, Output(), score, unanswered=why))
            continue
        output = read_answer(answer, head, types)
        others = (accept or {}).get(gold.sample.id, ())
        score = score_sample(gold.sample, output, catalog, others)
        results.append(Result(gold, output, score, changed=answer.gold != gold.sample.id))
    summary = summarise([g.sample for g in golds], [r.score for r in results], catalog)
    return Evaluation(head, tuple(results), summary, tuple(_notes(results)))


def asked_of_both(
    golds: Sequence[Gold],
    left: tuple[AnswersHead, Sequence[Answer]],
    right: tuple[AnswersHead, Sequence[Answer]],
) -> list[Gold]:
    """Give the records whose queries both models were asked: only on these can they be compared.

    Raises `InputError` where there are none, or one was asked those of another split.
    """
    counts = []
    for head, answers in (left, right):
        if head.split and head.split != golds[0].split:
            raise InputError(
                f"the answers of {visible(head.model)} are to the records of {head.split}, not of "
                f"{golds[0].split}; ask it these, or choose another --split."
            )
        # An answer that came after a failure is to the same question.
        counts.append(Counter(answer.query for answer in answers if not answer.error))
        counts[-1] |= Counter({answer.query: 1 for answer in answers})
    common = counts[0] & counts[1]
    shared = []
    for gold in golds:
        if common[gold.sample.query]:
            common[gold.sample.query] -= 1
            shared.append(gold)
    if not shared:
        raise InputError(
            f"{visible(left[0].model)} and {visible(right[0].model)} were not asked any of these "
            "records alike; ask both the same records to compare them."
        )
    return shared


def read_answer(answer: Answer, head: AnswersHead, types: ParameterTypes) -> Output:
    """Take an answer apart: calls as they came parsed, or its text by the model's family."""
    if answer.calls is not None:
        return Output(answer.calls, answer.broken, answer.text)
    given = next((family for family in FAMILIES if family == head.family), None)
    family = given or detect_family(answer.text) or "llama"
    return read_output(answer.text, family, types)


def _notes(results: Sequence[Result]) -> list[str]:
    notes = []
    changed = sum(result.changed for result in results)
    if changed:
        notes.append(f"{changed} records were signed anew since the model was asked.")
    missing = sum(bool(result.unanswered) for result in results)
    if missing:
        notes.append(f"{missing} records have no answer and count as wrong.")
    calls = [call for result in results for call in result.output.calls]
    areas = [call.arguments.get("areaId") for call in calls]
    if calls and not any(type(area) is int for area in areas):
        notes.append(
            "No call has an integer areaId: the server's parser may lose or change values; "
            "evaluate with --raw."
        )
    return notes
