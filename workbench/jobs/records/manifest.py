"""What refine and export share: drawing the split, writing records, and what a manifest says."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from workbench import __version__
from workbench.adapters.files.text import MOST_MANIFEST, read_json
from workbench.adapters.prompts import developer_hash
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.review.labels import Calls
from workbench.core.samples import Sample
from workbench.core.text.plain import visible
from workbench.core.training.records import (
    RecordShape,
    RecordWriter,
    SplitName,
    count_lookups,
    count_said,
)
from workbench.core.training.splits import Split, split_samples

MANIFEST_FORMAT = 1
_MAX_DEFAULT_TEST = 1000

Method = Literal["cluster", "random"]
"""cluster keeps near-duplicates on one side; random doesn't look for them."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a split is drawn. num_eval: None for a tenth of the samples, at most 1,000."""

    num_eval: int | None = None
    num_dev: int = 0
    seed: int = 0
    method: Method = "cluster"

    def sizes(self, data: Path, total: int, allowed: int | None = None) -> tuple[int, int]:
        """Return the numbers of eval and dev samples, out of `total`.

        allowed: how many of them may be in eval. data: where they come from, for messages. Raises
        `InputError` if there aren't enough.
        """
        allowed = total if allowed is None else allowed
        num_eval = self.num_eval
        if num_eval is None:
            num_eval = min(total // 10, _MAX_DEFAULT_TEST, allowed)
        for name, number in (("--num-test", num_eval), ("--num-dev", self.num_dev)):
            if number < 0:
                raise InputError(f"{name} {number}: a number of samples cannot be negative.")
        if num_eval > allowed and allowed < total:
            raise InputError(
                f"{data}: {allowed:,} of the dataset's usable samples may be in eval "
                f"(offline ones never are if there are others), fewer than the {num_eval:,} "
                "requested; lower --num-test."
            )
        if num_eval + self.num_dev > total:
            raise InputError(
                f"{data}: the dataset has {total:,} usable samples, fewer than the "
                f"{num_eval + self.num_dev:,} requested for eval and dev; lower --num-test or "
                "--num-dev."
            )
        return num_eval, self.num_dev

    def pinned(
        self, manifest: Path, wanted: Collection[str], data: Path, ids: Collection[str]
    ) -> "Drawing":
        """Return the draw for a fixed eval set.

        manifest, wanted: where it comes from, and its ids. data, ids: where to find them. Raises
        `InputError` if none is there.
        """
        known = frozenset(wanted)
        present = sum(sample_id in known for sample_id in ids)
        if wanted and not present:
            raise InputError(
                f"{manifest}: none of its eval samples is in {data}; name the manifest that "
                f"belongs to this data."
            )
        return replace(self, num_eval=present)


def read_pinned(manifest: Path) -> tuple[str, ...]:
    """Read the eval set of an earlier run: the ids in it, and those it missed then.

    Raises `InputError` if the file isn't a manifest.
    """
    told = read_json(manifest, "manifest", MOST_MANIFEST)
    try:
        ids = [*told["eval_ids"], *told.get("missing", ())]
    except (KeyError, TypeError, AttributeError):
        ids = None
    if ids is None or not all(isinstance(i, str) for i in ids):
        raise InputError(
            f"{manifest}: this is not a manifest of `workbench export` or `refine` (it has no "
            'list "eval_ids").'
        )
    return tuple(ids)


def draw(
    samples: Sequence[Sample],
    ids: Sequence[str],
    sizes: tuple[int, int],
    drawing: Drawing,
    *,
    pinned: Collection[str] | None = None,
    barred: Collection[int] = (),
) -> Split:
    """Draw a split of these sizes (eval, dev). For the other arguments see
    `core.splits.split_samples`.
    """
    components: Sequence[Sequence[int]] = _equal_samples(ids)
    if drawing.method == "cluster":
        # Imported here: a random split needs neither numpy nor rapidfuzz, and starts faster.
        from workbench.core.likeness.duplicates import twin_components

        components = twin_components(samples)
    num_eval, num_dev = sizes
    return split_samples(
        ids,
        components,
        num_eval=num_eval,
        num_dev=num_dev,
        seed=drawing.seed,
        pinned=pinned,
        barred=barred,
    )


def _equal_samples(ids: Sequence[str]) -> list[list[int]]:
    """Group the indices of equal samples: one that appears twice stays on one side."""
    groups: dict[str, list[int]] = {}
    for index, sample_id in enumerate(ids):
        groups.setdefault(sample_id, []).append(index)
    return list(groups.values())


def parts(split: Split) -> tuple[tuple[SplitName, tuple[int, ...]], ...]:
    """Return a split's sides in the order of their records in the file."""
    return (("train", split.train), ("dev", split.dev), ("eval", split.eval))


def sizes_of(split: Split) -> dict[str, int]:
    """Count the samples on each side."""
    return {name: len(part) for name, part in parts(split)}


@dataclass(frozen=True, slots=True)
class MadeRecord:
    """A record that is to be written. index: of its sample. place: which of the sample's records it
    is, from 0.
    """

    index: int
    place: int
    side: SplitName
    line: bytes


def records(
    samples: Sequence[Sample],
    split: Split,
    writer: RecordWriter,
    also: Sequence[Sequence[Calls]] = (),
) -> Iterator[MadeRecord]:
    """Yield the samples' records, in the order of the file; those of one sample on one side.

    also: other right answers of each sample; empty if none has any.
    """
    for name, part in parts(split):
        for index in part:
            made = writer.records(samples[index], name, also[index] if also else ())
            for place, line in enumerate(made):
                yield MadeRecord(index, place, name, line)


def count_of(samples: Iterable[Sample], catalog: Catalog, shape: RecordShape) -> int:
    """Count the records that samples make."""
    if shape.form != "steps":
        return sum(1 for _ in samples)
    return sum(count_said(one) + count_lookups(one, catalog, shape) for one in samples)


def count_records(
    samples: Sequence[Sample], split: Split, catalog: Catalog, shape: RecordShape
) -> dict[str, int]:
    """Count the records on each side."""
    return {
        name: count_of((samples[i] for i in part), catalog, shape) for name, part in parts(split)
    }


def manifest_head(
    command: str, data: Path, digest: str, files: CatalogFiles, shape: RecordShape
) -> dict[str, Any]:
    """Return a manifest's part about the inputs. digest: the dataset file's SHA-256."""
    return {
        "format": MANIFEST_FORMAT,
        "command": visible(command),
        "data": {"path": visible(str(data)), "sha256": digest},
        "catalog": files.digests(categories=shape.looked_up),
        "prompts": {"developer": developer_hash(compact=shape.compact, looked_up=shape.looked_up)},
        "driver_side": files.driver_side,
    }


def manifest_split(
    drawing: Drawing, ids: Sequence[str], split: Split, counts: Mapping[str, int]
) -> dict[str, Any]:
    """Return a manifest's part about the split: how it was drawn, and the result. counts: records
    on each side.
    """
    sizes = sizes_of(split)
    return {
        "seed": drawing.seed,
        "split": drawing.method,
        "counts": dict(counts),
        **({} if sizes == counts else {"samples": sizes}),
        "leaks": [ids[i] for i in split.leaks],
        "eval_ids": [ids[i] for i in split.eval],
        "dev_ids": [ids[i] for i in split.dev],
    }


def manifest_versions() -> dict[str, Any]:
    """Return a manifest's part about the versions used."""
    return {
        "versions": {
            "workbench": __version__,
            "python": ".".join(map(str, sys.version_info[:3])),
            "orjson": version("orjson"),
        },
    }
