"""Shares of the kinds of samples in a dataset, and which kinds are due next to meet them."""

from collections.abc import Mapping, Sequence

from workbench.core.kinds import KINDS, SampleKind
from workbench.core.shares import allotted, parsed_shares

KindShares = tuple[tuple[SampleKind, float], ...]
"""The weight of each kind that is wanted, in the kinds' own order; they need not add up to 100."""


def parse_shares(text: str) -> KindShares:
    """Read `calls=70,read-first=10,no-call=8`. Raises `ValueError` with what is wrong."""
    return parsed_shares(text, KINDS, "kind")


def due_kinds(
    shares: KindShares,
    have: Mapping[SampleKind, int],
    total: int,
    count: int,
    apart: int = 0,
) -> tuple[SampleKind, ...]:
    """Return the kinds of the next samples, so that the shares of all samples come out exact.

    have: samples that exist or are on their way. total: those that there are to be in the end.
    count: the most samples wanted now. apart: how many samples of other kinds than calls can be
    asked for at a time, apart from calls; 0 if all go together.
    """
    wanted = allotted(dict(shares), total)
    needed = {kind: max(0, number - have.get(kind, 0)) for kind, number in wanted.items()}
    if not any(needed.values()):
        needed = wanted
    if apart:
        calls, others = _among(needed, calls=True), _among(needed, calls=False)
        late = _late(calls, wanted) >= _late(others, wanted)
        needed, count = (calls, count) if late else (others, min(count, apart))
    count = min(count, sum(needed.values()))
    return _spread(allotted({kind: float(n) for kind, n in needed.items()}, count))


def _among(numbers: Mapping[SampleKind, int], *, calls: bool) -> dict[SampleKind, int]:
    return {kind: number for kind, number in numbers.items() if (kind == "calls") is calls}


def _late(needed: Mapping[SampleKind, int], wanted: Mapping[SampleKind, int]) -> float:
    whole = sum(wanted[kind] for kind in needed)
    return sum(needed.values()) / whole if whole else 0.0


def _spread(numbers: Mapping[SampleKind, int]) -> tuple[SampleKind, ...]:
    """Put the kinds in an order in which each is spread evenly."""
    places: Sequence[tuple[float, int, SampleKind]] = [
        ((index + 0.5) / number, KINDS.index(kind), kind)
        for kind, number in numbers.items()
        for index in range(number)
    ]
    return tuple(kind for _, _, kind in sorted(places))
