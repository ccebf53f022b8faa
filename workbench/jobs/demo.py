"""The demo's dataset: 60 samples of the offline engine, eight of them with a fault put in.

The faults are of the kinds that language models make, each made from a sample that passes by one
small change. The verifier finds six; two need a reader. Same program, same samples.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.engines.offline import MODEL
from workbench.adapters.files.durable import write_atomically
from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.words import call_words
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.grammar import Grammar
from workbench.core.grammar.draw import keyed
from workbench.core.likeness.duplicates import DuplicateFilter
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.selection import OFFLINE

SAMPLES = 60
_SEED = 7
_BATCH = 20
_ALIKE = "0.7"
"""Under the usual threshold, so that only the near-duplicate put in looks like one."""

Alteration = Callable[[Sample, Catalog], Iterator[Sample]]
"""Yields versions of a sample that passes, each with the fault; none if it does not lend itself
to it."""


@dataclass(frozen=True, slots=True)
class DemoFault:
    """A kind of fault. words: what is wrong. code: of the verifier's finding, "" if only a reader
    can find it.
    """

    words: str
    code: str
    alter: Alteration


@dataclass(frozen=True, slots=True)
class PlacedFault:
    """A fault in the demo's dataset. index: of the sample."""

    index: int
    fault: DemoFault
    sample: Sample


def demo_path(folder: Path) -> Path:
    """Return the dataset of the demo in a folder."""
    return folder / "dataset.json"


def make_demo(folder: Path) -> tuple[PlacedFault, ...]:
    """Write the demo into a new folder, with a list of the faults; return them.

    Raises `InputError` if there is something in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: it isn't empty; name another --output.")
    samples, placed = demo_samples()
    # The list comes last: with the dataset alone, the demo is there.
    write_dataset(demo_path(folder), map(encode_sample, samples))
    write_atomically(folder / "faults.md", _listed(placed).encode())
    return placed


def demo_samples() -> tuple[tuple[Sample, ...], tuple[PlacedFault, ...]]:
    """Return the samples, and which of them have a fault."""
    verifier = load_verifier(CatalogFiles()).ready()
    good: list[Sample] = []
    faulty: dict[DemoFault, Sample] = {}
    for sample in _passing(verifier):
        left = [fault for fault in FAULTS if fault not in faulty]
        altered = {fault: one for fault in left if (one := _altered(sample, fault, verifier))}
        if not altered:
            good.append(sample)
        else:
            fault = next(iter(altered))
            faulty[fault] = altered[fault]
            if fault.alter is _again:
                good.insert(0, sample)  # the first of all, so that it comes before the other
        if len(faulty) == len(FAULTS) and len(good) >= SAMPLES:
            break
    rng = keyed("demo", _SEED)
    step = SAMPLES // len(FAULTS)
    places = {i * step + rng.randrange(1, step): fault for i, fault in enumerate(FAULTS)}
    rest = iter(good)
    samples = [faulty[places[i]] if i in places else next(rest) for i in range(SAMPLES)]
    meta = {"engine": OFFLINE, "model": MODEL}
    return (
        tuple(Sample(one.query, one.answers, meta) for one in samples),
        tuple(PlacedFault(i, fault, samples[i]) for i, fault in places.items()),
    )


def _passing(verifier: Verifier) -> Iterator[Sample]:
    """Yield samples that pass, none of them a near-duplicate of another."""
    book = load_phrases(resource("data") / "phrases")
    grammar = Grammar(verifier.catalog, verifier.words.policy, book)
    kept = DuplicateFilter(verifier.catalog, _ALIKE, contrast=0)
    for number in range(1000):
        for index in range(_BATCH):
            sample = grammar.sample(_SEED, number, index)
            if verifier.verify(sample).status == "pass" and kept.add(sample) is None:
                yield sample


def _altered(sample: Sample, fault: DemoFault, verifier: Verifier) -> Sample | None:
    """Return a sample with a fault for which the verifier reports exactly what it should."""
    codes = {fault.code} - {""}
    for altered in fault.alter(sample, verifier.catalog):
        if {one.code for one in verifier.verify(altered).findings} == codes:
            return altered
    return None


def _listed(placed: tuple[PlacedFault, ...]) -> str:
    lines = ["# The faults in this dataset", ""]
    for one in placed:
        by = f"`verify` finds it: {one.fault.code}" if one.fault.code else "for you to find"
        calls = "; ".join(map(call_words, one.sample.answers))
        lines += [
            f"- **#{one.index}** {one.fault.words} ({by})",
            f"  “{one.sample.query}”: {calls}",
        ]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------ the faults


def _only_call(sample: Sample, catalog: Catalog) -> Iterator[tuple[ToolCall, Property]]:
    """Yield the call of a sample that has only one, and its property."""
    if len(sample.answers) == 1:
        yield sample.answers[0], catalog.properties[sample.answers[0].arguments["propertyName"]]


def _with(sample: Sample, call: ToolCall, **arguments: object) -> Sample:
    return Sample(sample.query, (ToolCall(call.name, {**call.arguments, **arguments}),))


def _other_seat(sample: Sample, catalog: Catalog) -> Iterator[Sample]:
    for call, prop in _only_call(sample, catalog):
        for area in prop.areas:
            yield _with(sample, call, areaId=area)


def _other_number(sample: Sample, catalog: Catalog) -> Iterator[Sample]:
    for call, prop in _only_call(sample, catalog):
        value = call.arguments.get("value")
        said = re.findall(r"\d+", sample.query)  # or nobody would see that it is another
        if isinstance(value, int | float) and f"{value:g}" in said:
            yield _with(sample, call, value=value + 2 * (prop.step or 1))


def _invented_property(sample: Sample, catalog: Catalog) -> Iterator[Sample]:
    for call, prop in _only_call(sample, catalog):
        yield _with(sample, call, propertyName=prop.name.partition("_")[2])


def _number_as_text(sample: Sample, catalog: Catalog) -> Iterator[Sample]:
    for call, _ in _only_call(sample, catalog):
        value = call.arguments.get("value")
        if isinstance(value, float):
            yield _with(sample, call, value=str(value))


def _without_last(sample: Sample, _: Catalog) -> Iterator[Sample]:
    if len(sample.answers) > 1:
        yield Sample(sample.query, sample.answers[:-1])


def _swapped(sample: Sample, _: Catalog) -> Iterator[Sample]:
    values = [call.arguments.get("value") for call in sample.answers]
    names = {call.arguments["propertyName"] for call in sample.answers}
    if len(values) == 2 and len(names) == 1 and None not in values:
        yield Sample(
            sample.query,
            tuple(
                ToolCall(call.name, {**call.arguments, "value": value})
                for call, value in zip(sample.answers, reversed(values), strict=True)
            ),
        )


def _again(sample: Sample, _: Catalog) -> Iterator[Sample]:
    thanked = re.search(r"please|thank|appreciate|[.?!,] ", sample.query, re.IGNORECASE)
    if sample.query.endswith(".") and not thanked:
        yield Sample(f"{sample.query[:-1]}, please.", sample.answers)


def _as_code(sample: Sample, catalog: Catalog) -> Iterator[Sample]:
    for call, prop in _only_call(sample, catalog):
        given = call.arguments
        if "value" in given:
            query = f"Set {prop.name} to {str(given['value']).lower()} in area {given['areaId']}."
            yield Sample(query, sample.answers)


FAULTS = (
    DemoFault("The call is for a different seat from the request.", "grounding.place", _other_seat),
    DemoFault("The property does not exist.", "execution.unknown_property", _invented_property),
    DemoFault("An earlier request again, with “please” added.", "", _again),
    DemoFault("Part of the request is not done.", "grounding.missing_call", _without_last),
    DemoFault("The number is written as text.", "format.wrong_type", _number_as_text),
    DemoFault("Nobody talks like this to a car.", "", _as_code),
    DemoFault(
        "The call sets a different number from the request.", "grounding.number", _other_number
    ),
    DemoFault("The values of the two seats are swapped.", "grounding.number", _swapped),
)
