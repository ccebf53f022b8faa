"""`workbench verify --explain`: how one query is read, and what is found about its sample."""

from collections.abc import Iterator

from workbench.adapters.dataset import BadItem, Dataset
from workbench.adapters.labels import LabelStore
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import say
from workbench.core.car.words import call_words
from workbench.core.checks import STAGES
from workbench.core.checks.grounding.explain import Explanation, HeardRequest, explain
from workbench.core.errors import InputError
from workbench.core.review.dismissals import weighed
from workbench.core.samples import Sample
from workbench.core.text.plain import visible

_COLUMN = 12
_Row = tuple[str, str]


def explain_item(
    dataset: Dataset, index: int, files: CatalogFiles, store: LabelStore | None
) -> int:
    """Print it and return the exit status. Raises `InputError` if there is no such sample."""
    sample = _sample(dataset, index)
    verifier = load_verifier(files, STAGES)
    say(f"#{index} {sample.query}", "bold")
    rows = list(_reading(explain(sample.query, verifier.rules)))
    rows += [(f"call {n}", call_words(call)) for n, call in enumerate(sample.answers, 1)]
    verdict = weighed(verifier.verify(sample), sample.id, store.get(sample.id) if store else None)
    rows.append(("verdict", verdict.status))
    for finding in verdict.findings:
        fix = f" (fix: {finding.fix.label})" if finding.fix else ""
        rows.append((finding.severity, f"{finding.code}: {finding.message}{fix}"))
    for one in verdict.dismissed:
        by = visible(one.reviewer) or "someone"
        rows.append(("wrong", f"{one.finding.code}: {one.finding.message} (so {by} says)"))
    for label, text in rows:
        say(f"{label:{_COLUMN}}{text}", indent=2)
    return 1 if verdict.status == "fail" else 0


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
