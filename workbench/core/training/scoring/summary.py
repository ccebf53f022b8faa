"""Many scores together: every metric as a share with its interval, overall and by kind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.core.car.catalog import Catalog
from workbench.core.likeness.contrast import AREA_ARGUMENT, PROPERTY_ARGUMENT
from workbench.core.samples import Sample
from workbench.core.stats.intervals import Share, wilson
from workbench.core.training.scoring.matching import PARTS
from workbench.core.training.scoring.sample import FAULTS, Score

GROUPS = ("kind", "calls", "type", "property", "area")
"""How exact matches are broken down; see `groups_of`."""


@dataclass(frozen=True)
class Summary:
    """The metrics of one model on one set of samples.

    exact, ordered, effect: see `Score`. precision, recall: of single calls. parts: of the gold
    calls. faults: of the answers. groups: exact match by `GROUPS` and name. weighted: exact match
    with each sample weighted by how often its properties are used in a car, 0 to 1; no interval.
    """

    samples: int
    exact: Share
    ordered: Share
    effect: Share
    precision: Share
    recall: Share
    parts: Mapping[str, Share]
    faults: Mapping[str, Share]
    weighted: float
    groups: Mapping[str, Mapping[str, Share]] = field(default_factory=dict)


def summarise(golds: Sequence[Sample], scores: Sequence[Score], catalog: Catalog) -> Summary:
    """Summarise scores; golds and scores are in the same order."""
    total = len(scores)

    def share(test: Callable[[Score], bool]) -> Share:
        return wilson(sum(map(test, scores)), total)

    calls = sum(score.gold for score in scores)
    matched = sum(score.matched for score in scores)
    weights = [_weight(gold, catalog) for gold in golds]
    right = sum(w for w, score in zip(weights, scores, strict=True) if score.exact)
    return Summary(
        samples=total,
        exact=share(lambda score: score.exact),
        ordered=share(lambda score: score.ordered),
        effect=share(lambda score: score.effect),
        precision=wilson(matched, sum(score.given for score in scores)),
        recall=wilson(matched, calls),
        parts={
            part: wilson(sum(score.parts[index] for score in scores), calls)
            for index, part in enumerate(PARTS)
        },
        faults={
            fault: wilson(sum(fault in score.faults for score in scores), total) for fault in FAULTS
        },
        weighted=right / sum(weights) if sum(weights) else 0.0,
        groups={group: _grouped(group, golds, scores, catalog) for group in GROUPS},
    )


def groups_of(gold: Sample, group: str, catalog: Catalog) -> tuple[str, ...]:
    """Return the groups that a sample belongs to; with calls of several kinds it is in each.

    kind: read, change, both, or none. calls: their number. type: of the properties. property, area.
    """
    if group == "calls":
        return (str(len(gold.answers)) if len(gold.answers) < 5 else "5 or more",)
    if group == "kind":
        known = (catalog.functions.get(call.name) for call in gold.answers)
        kinds = sorted({function.kind for function in known if function})
        words = {("get",): "read", ("set",): "change", ("get", "set"): "both"}
        return (words.get(tuple(kinds), "none"),)
    named = [_named(call.arguments, group, catalog) for call in gold.answers]
    return tuple(dict.fromkeys(name for name in named if name))


def _named(arguments: Mapping[str, object], group: str, catalog: Catalog) -> str:
    name = arguments.get(PROPERTY_ARGUMENT)
    prop = catalog.properties.get(name) if isinstance(name, str) else None
    if prop is None:
        return ""
    if group == "property":
        return prop.name
    if group == "type":
        return prop.type
    area_id = arguments.get(AREA_ARGUMENT)
    area = prop.areas.get(area_id) if isinstance(area_id, int) else None
    return area.words if area else ""


def _grouped(
    group: str, golds: Iterable[Sample], scores: Iterable[Score], catalog: Catalog
) -> dict[str, Share]:
    counts: dict[str, list[int]] = {}
    for gold, score in zip(golds, scores, strict=True):
        for name in groups_of(gold, group, catalog):
            count = counts.setdefault(name, [0, 0])
            count[0] += score.exact
            count[1] += 1
    return {name: wilson(*counts[name]) for name in sorted(counts)}


def _weight(gold: Sample, catalog: Catalog) -> float:
    """Return how often people ask for such things: the mean weight of the properties."""
    names = [call.arguments.get(PROPERTY_ARGUMENT) for call in gold.answers]
    props = [catalog.properties.get(name) for name in names if isinstance(name, str)]
    known = [prop.weight for prop in props if prop is not None]
    return sum(known) / len(known) if known else 1.0
