"""Keys of what is said and called up to a point: equal for a record and the sample behind it."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.json.text import dumps
from workbench.core.samples import Sample
from workbench.core.training.records import DialogStep
from workbench.core.training.records.told import expected_steps


def told_key(told: Sequence[DialogStep], catalog: Catalog) -> str:
    """Return the key of a record's steps; "" if all of them only look properties up."""
    steps = own_steps(told, catalog)
    return _key(steps) if steps else ""


def step_keys(sample: Sample, catalog: Catalog) -> Iterator[tuple[int, str]]:
    """Yield for each thing called or said in a sample its step, and the key of all up to there.

    sample: in canonical form, as records have it.
    """
    if not sample.is_conversation:
        yield 0, _key([DialogStep(sample.query, sample.answers)])
        return
    told = own_steps(expected_steps(sample, catalog), catalog)
    for number, step in enumerate(_steps_said(sample), start=1):
        yield step, _key(told[:number])


def own_steps(told: Sequence[DialogStep], catalog: Catalog) -> list[DialogStep]:
    """Return a record's steps without those that look properties up, which no sample holds."""
    lists = catalog.lists
    words: str | None = None
    own = []
    for step in told:
        query = step.query if step.query is not None else words
        if lists and step.calls and all(call.name == lists.function for call in step.calls):
            words = query
            continue
        words = None
        own.append(DialogStep(query, step.calls, step.results, step.text))
    return own


def _steps_said(signed: Sample) -> Iterator[int]:
    for index, step in enumerate(signed.steps):
        if step.answers or step.reply is None:
            yield index
        if step.reply is not None:
            yield index


def _key(told: Sequence[DialogStep]) -> str:
    """Hash steps; the results of the last are left out, since a record may end without them."""
    content: list[Any] = [
        [step.query, _calls(step), [*step.results], step.text] for step in told[:-1]
    ]
    last = told[-1]
    content.append([last.query, _calls(last), last.text])
    return blake2b(dumps(content, sort_keys=True), digest_size=16).hexdigest()


def _calls(step: DialogStep) -> list[Any]:
    return [[call.name, call.arguments] for call in step.calls]
