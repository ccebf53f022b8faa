"""Shares as people type them: `calls=70,ask=30`."""

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

Name = TypeVar("Name", bound=str)

_MOST = 1_000_000
"""The largest share; sums of larger ones would be no numbers at last."""


def parsed_shares(text: str, names: Sequence[Name], what: str) -> tuple[tuple[Name, float], ...]:
    """Read the shares of some of the names, in the names' own order; those of 0 are left out.

    what: what a name is the name of. Raises `ValueError` with what is wrong.
    """
    found: dict[Name, float] = {}
    for part in text.split(","):
        given, equals, number = (piece.strip() for piece in part.partition("="))
        name = next((one for one in names if one == given), None)
        if name is None:
            raise ValueError(f"{given!r} is no {what}; the {what}s are {', '.join(names)}")
        if name in found:
            raise ValueError(f"{name} is there twice")
        try:
            share = float(number) if equals else math.nan
        except ValueError:
            share = math.nan
        if not 0 <= share <= _MOST:
            raise ValueError(f"{name} needs a share, such as {name}=10")
        found[name] = share
    if not any(found.values()):
        raise ValueError("all shares are 0")
    return tuple((name, found[name]) for name in names if found.get(name))


def shares_text(shares: Sequence[tuple[str, float]]) -> str:
    """Write shares as `parsed_shares` reads them."""
    return ",".join(f"{name}={share:g}" for name, share in shares)


def allotted(weights: Mapping[Name, float], count: int) -> dict[Name, int]:
    """Divide a count by weights, the largest remainders rounded up; ties in the weights' order."""
    total = sum(weights.values())
    if not total:
        return dict.fromkeys(weights, 0)
    exact = {name: count * weight / total for name, weight in weights.items()}
    found = {name: math.floor(share) for name, share in exact.items()}
    left = count - sum(found.values())
    nearest = sorted(exact, key=lambda name: found[name] - exact[name])
    for name in nearest[:left]:
        found[name] += 1
    return found
