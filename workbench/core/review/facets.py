"""Facets: the few facts that searching and sorting need about a sample, cheap enough for all."""

from functools import lru_cache
from sys import intern
from typing import Any, Literal

import msgspec

from workbench.core.kinds import SampleKind, kind_of
from workbench.core.likeness.contrast import AREA_ARGUMENT, PROPERTY_ARGUMENT
from workbench.core.samples import Sample
from workbench.core.verdicts import Status, Verdict

_MOST = 1 << 63
"""Larger integers don't fit a binary format, and can't be an area."""


class Facets(msgspec.Struct, frozen=True, gc=False):
    """What is known about a sample besides its text.

    id: the sample's, "" for an item that isn't one. status: "" while the verdict is unknown. codes:
    of its findings. functions, properties, areas: named by its calls, each once, in order. calls:
    how many it has. engine: what made it, "" if unknown. judge: a judge's opinion; model: whether
    an evaluated model answered it right; "" if none was asked. kind: the sample's, "" without one.

    A hundred thousand stay in memory: equal tuples and strings are shared, and the garbage
    collector skips them (`gc=False`; they contain nothing that could point back).
    """

    id: str
    status: Status | Literal[""] = ""
    codes: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    areas: tuple[int, ...] = ()
    calls: int = 0
    engine: str = ""
    judge: Literal["", "ok", "wrong"] = ""
    model: Literal["", "right", "wrong"] = ""
    kind: SampleKind | Literal[""] = ""


def facets_of(sample: Sample | None, verdict: Verdict | None = None) -> Facets:
    """Describe a sample, or None for an item that isn't one."""
    codes = () if verdict is None else _shared(tuple({f.code: None for f in verdict.findings}))
    status: Status | Literal[""] = "" if verdict is None else verdict.status
    if sample is None:
        return Facets("", status, codes)
    functions: dict[str, None] = {}
    properties: dict[str, None] = {}
    areas: dict[int, None] = {}
    calls = sample.calls
    for call in calls:
        functions[call.name] = None
        prop = call.arguments.get(PROPERTY_ARGUMENT)
        if type(prop) is str:
            properties[prop] = None
        area = call.arguments.get(AREA_ARGUMENT)
        if type(area) is int and -_MOST <= area < _MOST:  # neither a boolean nor a float
            areas[area] = None
    return Facets(
        sample.id,
        status,
        codes,
        _shared(tuple(functions)),
        _shared(tuple(properties)),
        _shared(tuple(areas)),
        len(calls),
        engine_of(sample),
        kind=kind_of(sample),
    )


def engine_of(sample: Sample) -> str:
    """Return the engine that made a sample, "" if its `meta` doesn't say."""
    engine: Any = (sample.meta or {}).get("engine")
    return intern(engine) if type(engine) is str else ""


@lru_cache(maxsize=1 << 14)
def _shared(values: Any) -> Any:
    """Return the first of all equal tuples, so that the cache shares them."""
    return values
