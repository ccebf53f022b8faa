"""Orders of a review's list: which there are, what their groups are called, and how they are made.

Some are made from one that the helper process makes; here rows are only put into groups, a chunk at
a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.core.judge.votes import disagree
from workbench.core.kinds import KINDS
from workbench.jobs.review.view import View

_CHUNK = 1000

HelperOrder = Literal["property", "verdict", "similarity"]


@dataclass(frozen=True, slots=True)
class ListOrder:
    """An order of the list. words: what it is. base: what the helper process does for it, if that
    is needed.
    """

    words: str
    base: HelperOrder | None = None


ORDERS: Mapping[str, ListOrder] = {
    "file": ListOrder("as in the file"),
    "property": ListOrder("by property and place, to read like samples together", "property"),
    "verdict": ListOrder("failing first, then warned", "verdict"),
    "risk": ListOrder("what is most likely wrong first", "verdict"),
    "judge": ListOrder("where the judge disagrees with the rules first"),
    "similarity": ListOrder("near-duplicates side by side", "similarity"),
    "kind": ListOrder("by kind, from calls to conversations; failing first in each", "verdict"),
}

NO_SAMPLE = "unusable"
"""The group of items that are no samples: nobody can decide on them."""
_VERDICTS = {"fail": "failing", "warn": "warned", "pass": "passing", "": "not verified yet"}
_RISKS = (
    "failing",
    "warned",
    "called wrong by the judge, or answered otherwise by the model",
    "not read by the rules",
    "not verified yet",
    "nothing found",
    NO_SAMPLE,
)
_JUDGED = (
    "judge and rules disagree",
    "judged wrong",
    "judged right",
    "not judged",
)
_KINDS = (*KINDS, "not verified yet", NO_SAMPLE)
NO_PROPERTY = "no property"


def group_name(review: View, order: str) -> Callable[[int], str] | None:
    """Return what gives the name of a row's group, None for an order without groups."""
    if order == "property":
        return lambda row: _property(review, row)
    ranked = _ranking(review, order)
    if ranked is None:
        return None
    names, rank = ranked
    return lambda row: names[rank(row)]


def arranged(review: View, order: str, rows: Sequence[int]) -> Iterator[list[int]]:
    """Put rows into the groups of an order, keeping their order within each.

    Yields an empty list after each chunk of work, and all rows at the end.
    """
    ranked = _ranking(review, order)
    if ranked is None:
        yield list(rows)
        return
    names, rank = ranked
    groups: list[list[int]] = [[] for _ in names]
    for start in range(0, len(rows), _CHUNK):
        for row in rows[start : start + _CHUNK]:
            groups[rank(row)].append(row)
        yield []
    yield [row for group in groups for row in group]


def _ranking(review: View, order: str) -> tuple[Sequence[str], Callable[[int], int]] | None:
    """Return the names of an order's groups, and what gives a row's place among them."""
    if order == "verdict":
        places = {status: place for place, status in enumerate(_VERDICTS)}
        names = (*_VERDICTS.values(), NO_SAMPLE)
        return (
            names,
            lambda row: len(places) if _is_unusable(review, row) else places[review.status(row)],
        )
    if order == "risk":
        return _RISKS, lambda row: _risk(review, row)
    if order == "kind":
        return _KINDS, lambda row: _kind(review, row)
    if order == "judge":
        return _JUDGED, lambda row: _judged(review, row)
    return None


def _property(review: View, row: int) -> str:
    """Return the property of a row's first call, as the helper process orders by it."""
    facets = review.facets_in_force(row)
    return facets.properties[0] if facets and facets.properties else NO_PROPERTY


def _is_unusable(review: View, row: int) -> bool:
    facets = review.facets_in_force(row)
    return facets is not None and not facets.id


def _kind(review: View, row: int) -> int:
    facets = review.facets_in_force(row)
    if facets is None:
        return _KINDS.index("not verified yet")
    return _KINDS.index(facets.kind) if facets.id and facets.kind in KINDS else len(_KINDS) - 1


def _risk(review: View, row: int) -> int:
    if _is_unusable(review, row):
        return len(_RISKS) - 1
    status = review.status(row)
    if status in ("fail", "warn"):
        return 0 if status == "fail" else 1
    judgement = review.opinions.judgement(review.content_id(row)) if review.opinions else None
    if judgement is not None and judgement.opinion == "wrong":
        return 2
    if review.answers:
        result = review.model_result(row)
        if result is not None and result.opinion == "wrong":
            return 2
    facets = review.facets_in_force(row)
    if facets and any(code.endswith(".not_read") for code in facets.codes):
        return 3
    return 5 if status else 4


def _judged(review: View, row: int) -> int:
    judgement = review.opinions.judgement(review.content_id(row)) if review.opinions else None
    if judgement is None:
        return 3
    if disagree(review.status(row), judgement):
        return 0
    return 1 if judgement.opinion == "wrong" else 2
