"""Store an evaluation's results with the dataset samples that the records were made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.adapters.evaluations import evaluation_path, store_results
from workbench.adapters.journal import now
from workbench.core.car.catalog import Catalog
from workbench.core.training.model_results import LaterAnswer, ModelResult
from workbench.jobs.evaluate.driven import Driven, FreeEvaluation
from workbench.jobs.evaluate.placing import SignedPlace, SignedPlaces
from workbench.jobs.evaluate.scoring import Evaluation, Result


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored. wrong: of `results`. elsewhere: records without a matching sample now."""

    path: Path
    results: int
    wrong: int
    elsewhere: int


def store_evaluation(
    evaluation: Evaluation, dataset: Path, catalog: Catalog, labels: Path | None = None
) -> Stored:
    """Store each answer with its sample, as signed now. Raises `InputError`.

    A record and a sample belong together if their contents are equal; the record's is in canonical
    form. Records without an answer are skipped. A conversation's answers are one result: its first
    wrong step, and those after it.
    """
    places = SignedPlaces(dataset, catalog, labels)
    answers: dict[tuple[str, str], list[tuple[SignedPlace, Result]]] = {}
    elsewhere = 0
    for result in evaluation.results:
        found = places.of(result.gold.told)
        elsewhere += not found
        for place in found if not result.unanswered else ():
            answers.setdefault((place.id, place.content), []).append((place, result))
    time = now()
    return _store([_stored(one, evaluation, time) for one in answers.values()], dataset, elsewhere)


def store_driving(
    evaluation: FreeEvaluation, dataset: Path, catalog: Catalog, labels: Path | None = None
) -> Stored:
    """Store what a model made of each conversation that it drove with its sample.

    A conversation in which a question wasn't answered is skipped. Raises `InputError`.
    """
    places = SignedPlaces(dataset, catalog, labels)
    time, found, elsewhere = now(), list[ModelResult](), 0
    for one in evaluation.driven:
        told = [step for turn in one.course.turns for step in turn]
        own = places.whole(told)
        elsewhere += not own
        if all(turn.end != "no answer" for turn in one.turns):
            found += (_driven(one, place, places, evaluation, time) for place in own)
    return _store(found, dataset, elsewhere)


def _store(found: Sequence[ModelResult], dataset: Path, elsewhere: int) -> Stored:
    path = evaluation_path(dataset)
    store_results(path, found)
    return Stored(path, len(found), sum(not one.right for one in found), elsewhere)


def _stored(
    answers: Iterable[tuple[SignedPlace, Result]], evaluation: Evaluation, time: str
) -> ModelResult:
    """Return the result of a sample. answers: to its steps, in their order."""
    every = list(answers)
    wrong = [one for one in every if not one[1].score.exact]
    place, result = wrong[0] if wrong else every[-1]
    return ModelResult(
        id=place.id,
        content=place.content,
        accept=place.accept,
        model=evaluation.head.model,
        right=not wrong,
        effect=result.score.effect,
        calls=result.output.calls,
        broken=result.output.broken,
        text="" if result.output.calls else result.output.text,
        faults=result.score.faults,
        split=evaluation.split,
        time=time,
        step=place.step,
        later=tuple(
            LaterAnswer(
                step=at.step,
                calls=one.output.calls,
                broken=one.output.broken,
                text="" if one.output.calls else one.output.text,
            )
            for at, one in wrong[1:]
        ),
    )


def _driven(
    one: Driven, place: SignedPlace, places: SignedPlaces, evaluation: FreeEvaluation, time: str
) -> ModelResult:
    """Return the result of a sample that a model drove through: its first wrong turn."""
    wrong = next((at for at, score in enumerate(one.scores) if not score.right), None)
    shown = wrong if wrong is not None else len(one.turns) - 1
    turn = one.turns[shown]
    before = [step for signed in one.course.turns[:shown] for step in signed]
    return ModelResult(
        id=place.id,
        content=place.content,
        accept=place.accept,
        model=evaluation.head.model,
        right=wrong is None,
        effect=one.scores[shown].state,
        calls=tuple(call for output in turn.outputs for call in output.calls),
        broken=tuple(text for output in turn.outputs for text in output.broken),
        text=turn.outputs[-1].text if turn.outputs else "",
        faults=(turn.end,) if turn.end == "too many rounds" else (),
        split=one.course.split,
        time=time,
        step=places.step_after(place, before),
        driven=True,
    )
