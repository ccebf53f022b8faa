"""Store an evaluation's results with the dataset samples that the records were made from."""

from dataclasses import dataclass
from pathlib import Path

from workbench.adapters.dataset import load_dataset
from workbench.adapters.evaluations import evaluation_path, store_results
from workbench.adapters.journal import now
from workbench.adapters.labels import labels_path, open_labels
from workbench.core.car.catalog import Catalog
from workbench.core.training.model_results import ModelResult, accepted_content, signed_content
from workbench.core.training.records import canonical
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
    form. Records without an answer are skipped.
    """
    places: dict[str, tuple[str, str, str]] = {}
    with open_labels(labels or labels_path(dataset), read_only=True) as store:
        for sample in load_dataset(dataset).samples:
            label = store.get(sample.id)
            signed = label.in_force(sample) if label else sample
            known = (sample.id, signed_content(sample.id, label), accepted_content(label))
            places.setdefault(canonical(signed, catalog).id, known)
    time = now()
    found = []
    elsewhere = 0
    for result in evaluation.results:
        place = places.get(result.gold.sample.id)
        if place is None:
            elsewhere += 1
        elif not result.unanswered:
            found.append(_stored(result, evaluation, place, time))
    path = evaluation_path(dataset)
    store_results(path, found)
    return Stored(path, len(found), sum(not one.right for one in found), elsewhere)


def _stored(
    result: Result, evaluation: Evaluation, place: tuple[str, str, str], time: str
) -> ModelResult:
    return ModelResult(
        id=place[0],
        content=place[1],
        accept=place[2],
        model=evaluation.head.model,
        right=result.score.exact,
        effect=result.score.effect,
        calls=result.output.calls,
        broken=result.output.broken,
        text="" if result.output.calls else result.output.text,
        faults=result.score.faults,
        split=evaluation.split,
        time=time,
    )
