"""`workbench verify --explain`: how one query is read, and what is found about its sample."""

from collections.abc import Iterator

from workbench.adapters.dataset import BadItem, Dataset
from workbench.adapters.labels import LabelStore
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import say
from workbench.core.car.vehicle import run_sample
from workbench.core.car.words import brief, call_words
from workbench.core.checks import STAGES, Verifier
from workbench.core.checks.grounding.explain import Explanation, HeardRequest, explain
from workbench.core.errors import InputError
from workbench.core.review.dismissals import weighed
from workbench.core.samples import Reply, Sample
from workbench.core.text.excerpts import short
from workbench.core.text.plain import visible
from workbench.core.verdicts import Finding

_COLUMN = 12
_STEP = 2
"""Cells that what belongs to a step is indented by."""
_Row = tuple[str, str]


def explain_item(
    dataset: Dataset, index: int, files: CatalogFiles, store: LabelStore | None
) -> int:
    """Print it and return the exit status. Raises `InputError` if there is no such sample."""
    sample = _sample(dataset, index)
    verifier = load_verifier(files, STAGES)
    say(f"#{index} {sample.query}", "bold")
    if sample.is_conversation:
        rows = list(_steps(sample, verifier))
    else:
        rows = list(_reading(explain(sample.query, verifier.rules)))
        rows += [(f"call {n}", call_words(call)) for n, call in enumerate(sample.answers, 1)]
    verdict = weighed(verifier.verify(sample), sample.id, store.get(sample.id) if store else None)
    rows.append(("verdict", verdict.status))
    for finding in verdict.findings:
        fix = f" (fix: {finding.fix.label})" if finding.fix else ""
        said = f"{finding.code}: {at_step(finding)}{finding.message}{fix}"
        rows.append((finding.severity, said))
    for one in verdict.dismissed:
        by = visible(one.reviewer) or "someone"
        said = f"{one.finding.code}: {at_step(one.finding)}{one.finding.message}"
        rows.append(("wrong", f"{said} (so {by} says)"))
    column = _COLUMN + _STEP if sample.is_conversation else _COLUMN
    for label, text in rows:
        say(f"{label:{column}}{text}".rstrip(), indent=2)
    return 1 if verdict.status == "fail" else 0


def at_step(finding: Finding) -> str:
    """Return at which step a finding is, to stand before its message.

    "" for the first step, and where the message says it.
    """
    step = f"step {finding.step + 1}"
    return "" if not finding.step or finding.message.startswith(step) else f"{step}: "


def _steps(sample: Sample, verifier: Verifier) -> Iterator[_Row]:
    """Yield what is said and done step by step, how that is read, and what the car answers."""
    for one in sample.state:
        yield "state", f"{one.property}, area {one.area}: {brief(one.value)}"
    for number, done in enumerate(run_sample(sample, verifier.catalog), 1):
        step = done.step
        yield f"step {number}", "" if step.query is None else f"“{step.query}”"
        if step.query is not None:
            for label, text in _reading(explain(step.query, verifier.rules)):
                yield f"  {label}", text
        for at, (call, outcome) in enumerate(zip(step.answers, done.outcomes, strict=True), 1):
            yield f"  call {at}", call_words(call)
            yield "  result", short(outcome.text)
        if step.reply is not None:
            yield from _reply(step.reply)


def _reply(reply: Reply) -> Iterator[_Row]:
    yield f"  {reply.kind}", f"“{reply.text}”"
    if reply.because:
        yield "    because", reply.because
    for call in reply.wanted:
        yield "    wanted", call_words(call)
    for number, option in enumerate(reply.options, 1):
        for call in option:
            yield f"    option {number}", call_words(call)


def _sample(dataset: Dataset, index: int) -> Sample:
    count = len(dataset.items)
    if index >= count:
        remedy = f"give an index from 0 to {count - 1}" if count else "generate some first"
        raise InputError(f"{dataset.path}: there is no item {index}; {remedy}.")
    item = dataset.items[index]
    if isinstance(item, BadItem):
        raise InputError(f"{dataset.path}: item {index} is not a sample: {item.reason}.")
    return item


def _reading(reading: Explanation) -> Iterator[_Row]:
    yield "speaker", reading.speaker
    if not reading.requests:
        yield "requests", "none: no words that mean a property of this car"
    for number, heard in enumerate(reading.requests, 1):
        yield f"request {number}", f"“{heard.words}”"
        yield from _heard(heard)
    for words, where in reading.places:
        yield "place", f"“{words}” → {where}"
    for words in reading.no_values:
        yield "no value", f"“{words}”"
    for words in reading.aside:
        yield "set aside", f"“{words}”"
    for words in reading.unread:
        yield "not read", f"“{words}”"


def _heard(heard: HeardRequest) -> Iterator[_Row]:
    meanings = (
        ("means", heard.means),
        ("may mean", heard.may_mean),
        ("a need for", heard.need_of),
    )
    for label, names in meanings:
        if names:
            yield f"  {label}", f"{' or '.join(names)} (“{heard.mention}”)"
    yield "  asks for", f"a {heard.wish}" if heard.wish else "(left open)"
    for words, value in heard.values:
        yield "  value", f"“{words}” → {value}"
