"""Refine: from a dataset to training records, split into train, dev and eval."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any, Literal

import orjson

from workbench import __version__
from workbench.adapters.catalogs import CatalogFiles, load_catalog
from workbench.adapters.dataset import BadItem, Dataset, load_dataset
from workbench.adapters.files import keep_apart, locked, read_bytes, replacing, write_atomically
from workbench.adapters.prompts import developer_template
from workbench.core.catalog import Catalog
from workbench.core.checks import verify
from workbench.core.errors import InputError
from workbench.core.plain import visible
from workbench.core.records import RecordWriter, SplitName, canonical
from workbench.core.samples import Sample
from workbench.core.splits import Split, split_samples

MANIFEST_FORMAT = 1
_MAX_DEFAULT_TEST = 1000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RefineOptions:
    """What to refine, and how. num_test: None for a tenth, at most 1,000.

    split: `cluster` keeps near-duplicates on one side, `random` does not look for them.
    eval_from: a manifest of an earlier run, whose eval set is used again. command: as typed, for
    the manifest.
    """

    data: Path
    output: Path
    num_test: int | None = None
    num_dev: int = 0
    seed: int = 0
    split: Literal["random", "cluster"] = "cluster"
    eval_from: Path | None = None
    drop_failing: bool = False
    files: CatalogFiles = field(default_factory=CatalogFiles)
    command: str = ""


@dataclass(frozen=True)
class Refined:
    """What was written. skipped: items that are no sample; dropped: indices of failing ones.

    canonicalised: samples whose calls were rewritten in canonical form. leaks: ids of eval or dev
    samples with a twin on another side. missing: pinned eval ids that the data lacks.
    """

    counts: dict[str, int]
    skipped: tuple[BadItem, ...]
    dropped: tuple[int, ...]
    canonicalised: int
    leaks: tuple[str, ...]
    missing: tuple[str, ...]
    manifest: Path


def refine(options: RefineOptions, progress: Progress = lambda _done, _total: None) -> Refined:
    """Write the records and the manifest beside them. Same input and seed, same bytes.

    Raises `InputError` for what cannot be used; then nothing is written.
    """
    manifest = manifest_path(options.output)
    files = options.files
    keep_apart(
        {"output": options.output, "manifest": manifest},
        {
            "data": options.data,
            "properties file": files.properties,
            "functions file": files.functions,
            "overlay": files.overlay,
            "manifest of the eval set": options.eval_from,
        },
    )
    dataset = load_dataset(options.data)
    catalog = load_catalog(options.files)
    indices, skipped = _usable(dataset)
    dropped: list[int] = []
    if options.drop_failing:
        dropped = [i for i in indices if verify(_at(dataset, i), catalog).status == "fail"]
        gone = set(dropped)
        indices = [i for i in indices if i not in gone]
    samples = [canonical(_at(dataset, i), catalog) for i in indices]
    changed = sum(new is not _at(dataset, i) for new, i in zip(samples, indices, strict=True))
    ids = [_at(dataset, i).id for i in indices]
    pinned = _read_pinned(options.eval_from) if options.eval_from else None
    split = _split(samples, ids, options, pinned)
    result = Refined(
        {name: len(part) for name, part in _parts(split)},
        tuple(skipped),
        tuple(dropped),
        changed,
        tuple(ids[i] for i in split.leaks),
        tuple(sorted(set(pinned or ()) - set(ids))),
        manifest,
    )
    content = json.dumps(_manifest(options, dataset, ids, split, result), indent=2)
    with locked(options.output, "refine"):
        _write(options, catalog, samples, split, progress)
        write_atomically(manifest, content.encode() + b"\n")
    return result


def manifest_path(output: Path) -> Path:
    """Give the manifest's place: `NAME.manifest.json` beside `NAME.jsonl`."""
    return output.with_name(f"{output.name.removesuffix('.jsonl')}.manifest.json")


def _usable(dataset: Dataset) -> tuple[list[int], list[BadItem]]:
    indices, skipped = [], []
    for index, item in enumerate(dataset.items):
        if isinstance(item, BadItem):
            skipped.append(item)
        elif not item.answers:
            skipped.append(BadItem(index, "it has no tool call"))
        else:
            indices.append(index)
    return indices, skipped


def _at(dataset: Dataset, index: int) -> Sample:
    item = dataset.items[index]
    assert isinstance(item, Sample)
    return item


def _split(
    samples: Sequence[Sample],
    ids: Sequence[str],
    options: RefineOptions,
    pinned: list[str] | None,
) -> Split:
    total = len(samples)
    num_eval = options.num_test
    if num_eval is None:
        num_eval = min(total // 10, _MAX_DEFAULT_TEST)
    for name, number in (("--num-test", num_eval), ("--num-dev", options.num_dev)):
        if number < 0:
            raise InputError(f"{name} {number}: a number of samples cannot be negative.")
    if pinned is not None:
        wanted = set(pinned)
        num_eval = sum(sample_id in wanted for sample_id in ids)
        if pinned and not num_eval:
            raise InputError(
                f"{options.eval_from}: none of its eval samples is in {options.data}; "
                "name the manifest that belongs to this data."
            )
    if num_eval + options.num_dev > total:
        raise InputError(
            f"{options.data}: it has {total} usable samples, fewer than the "
            f"{num_eval + options.num_dev} asked for eval and dev; lower --num-test or --num-dev."
        )
    components: Sequence[Sequence[int]] = _equal_samples(ids)
    if options.split == "cluster":
        # Imported here: a random split needs neither numpy nor rapidfuzz, and starts faster.
        from workbench.core.duplicates import twin_components

        components = twin_components(samples)
    return split_samples(
        ids,
        components,
        num_eval=num_eval,
        num_dev=options.num_dev,
        seed=options.seed,
        pinned=pinned,
    )


def _equal_samples(ids: Sequence[str]) -> list[list[int]]:
    """Group the indices of equal samples: one that stands twice is on one side."""
    groups: dict[str, list[int]] = {}
    for index, sample_id in enumerate(ids):
        groups.setdefault(sample_id, []).append(index)
    return list(groups.values())


def _parts(split: Split) -> tuple[tuple[SplitName, tuple[int, ...]], ...]:
    return (("train", split.train), ("dev", split.dev), ("eval", split.eval))


def _write(
    options: RefineOptions,
    catalog: Catalog,
    samples: Sequence[Sample],
    split: Split,
    progress: Progress,
) -> None:
    writer = RecordWriter(catalog, developer_template(), options.seed)
    done = count(1)
    with replacing(options.output) as file:
        for name, part in _parts(split):
            for index in part:
                file.write(writer.write(samples[index], name))
                progress(next(done), len(samples))


def _read_pinned(path: Path) -> list[str]:
    data = read_bytes(path, "manifest")
    try:
        ids = orjson.loads(data)["eval_ids"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        ids = None
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise InputError(
            f'{path}: this is no manifest of `workbench refine` (no list "eval_ids" in it).'
        )
    return ids


def _manifest(
    options: RefineOptions, dataset: Dataset, ids: Sequence[str], split: Split, result: Refined
) -> dict[str, Any]:
    """Everything that is needed to make the same file again, and nothing that changes by itself."""
    before, after = developer_template()
    return {
        "format": MANIFEST_FORMAT,
        "command": visible(options.command),
        "data": {"path": visible(str(options.data)), "sha256": dataset.digest},
        "catalog": options.files.digests(),
        "prompts": {"developer": sha256((before + after).encode()).hexdigest()},
        "driver_side": options.files.driver_side,
        "seed": options.seed,
        "split": options.split,
        "drop_failing": options.drop_failing,
        "counts": result.counts,
        "skipped": [{"index": bad.index, "reason": bad.reason} for bad in result.skipped],
        "dropped": list(result.dropped),
        "canonicalised": result.canonicalised,
        "leaks": list(result.leaks),
        "missing": list(result.missing),
        "eval_ids": [ids[i] for i in split.eval],
        "dev_ids": [ids[i] for i in split.dev],
        "versions": {
            "workbench": __version__,
            "python": ".".join(map(str, sys.version_info[:3])),
            "orjson": version("orjson"),
        },
    }
