"""What reviewers have written and engines are called: values that a search may name."""

from collections import Counter
from collections.abc import Iterator

from workbench.jobs.review.items import Items

Written = dict[str, list[str]]
"""Values by the key of their search term, the most frequent first."""

_CHUNK = 500
_MOST = 200
"""Values of a key that are kept: more than anyone would be shown."""


def written_values(items: Items) -> Iterator[Written]:
    """Gather the values that exist; yields nothing after each chunk of work, and all at the end."""
    counts: dict[str, Counter[str]] = {
        key: Counter() for key in ("tag", "reviewer", "reason", "engine")
    }
    ids = list(items.store.ids())
    for start in range(0, len(ids), _CHUNK):
        for sample_id in ids[start : start + _CHUNK]:
            label = items.store.get(sample_id)
            if label is None:
                continue
            counts["tag"].update(label.tags)
            if label.decision is not None:
                counts["reviewer"][label.reviewer] += 1
            counts["reason"][label.reason] += 1
        yield {}
    for start in range(0, len(items.facets), _CHUNK):
        known = filter(None, items.facets[start : start + _CHUNK])
        counts["engine"].update(facets.engine for facets in known)
        yield {}
    yield {
        key: [value for value, _ in found.most_common(_MOST) if value]
        for key, found in counts.items()
    }
