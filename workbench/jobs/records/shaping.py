"""What records hold and show, and how long they are: shared by refine and export."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from workbench.adapters.prompts import developer_template
from workbench.core.car.catalog import Catalog
from workbench.core.car.words import brief
from workbench.core.errors import InputError
from workbench.core.progress import PartProgress
from workbench.core.review.labels import Calls
from workbench.core.samples import Sample
from workbench.core.text.plain import visible
from workbench.core.training.records import RecordShape, RecordWriter
from workbench.jobs.records.options import RecordOptions

if TYPE_CHECKING:
    from workbench.adapters.token_counts import TokenCounter

_BATCH = 32
_CATALOGS = 200
"""The number of records whose catalogue tokens are counted: they differ in little but order."""


@dataclass(frozen=True)
class Lengths:
    """Tokens of all records with one tokenizer, prompt and answer.

    sha256: of the tokenizer. templated, loses: see `TokenCounter`. catalogue: the share of the
    tokens that the catalogue takes, 0 to 1.
    """

    tokenizer: str
    sha256: str
    templated: bool
    minimum: int
    median: int
    maximum: int
    catalogue: float
    loses: tuple[str, ...] = ()

    def __str__(self) -> str:
        texts = "with its chat template" if self.templated else "as plain text"
        if self.loses:
            texts += f", which leaves out: {', '.join(self.loses)}"
        return (
            f"{self.tokenizer}: {self.minimum:,} to {self.maximum:,} tokens per record, median "
            f"{self.median:,}, {self.catalogue:.0%} of that catalogue ({texts})"
        )


@dataclass(frozen=True)
class TooLong:
    """A sample with a record over the limit. index, id: in the dataset. tokens: of its longest."""

    index: int
    id: str
    query: str
    tokens: int

    def __str__(self) -> str:
        return f"#{self.index} {brief(self.query)}: {self.tokens:,} tokens"


@dataclass(frozen=True)
class MeasuredRecords:
    """What was measured. lengths: of the records within the limit, by tokenizer."""

    lengths: tuple[Lengths, ...] = ()
    too_long: tuple[TooLong, ...] = ()


def record_writer(catalog: Catalog, seed: int, shape: RecordShape) -> RecordWriter:
    """Return the writer of records of this shape, with the developer's message that fits it.

    Raises `InputError` if properties can't be looked up.
    """
    if unlisted := not_listed(catalog, shape):
        raise InputError(unlisted)
    return RecordWriter(catalog, _developer(shape), seed, shape)


def not_listed(catalog: Catalog, shape: RecordShape) -> str:
    """Say that properties of the car can't be looked up; "" if they can, or needn't."""
    lists = catalog.lists
    names = lists.lacking(catalog.properties) if lists and shape.looked_up else ()
    if not names:
        return ""
    said = ", ".join(map(visible, names[:3])) + (" and others" if len(names) > 3 else "")
    return f"No category has {said}, so records can't look them up; name one with --categories."


def _developer(shape: RecordShape) -> tuple[str, str]:
    return developer_template(compact=shape.compact, looked_up=shape.looked_up)


def measure(
    samples: Sequence[Sample],
    origins: Sequence[tuple[int, str]],
    catalog: Catalog,
    seed: int,
    options: RecordOptions,
    progress: PartProgress,
    also: Sequence[Sequence[Calls]] = (),
) -> MeasuredRecords:
    """Count the tokens of the records that samples will become; empty without a tokenizer.

    origins: index and id of each in the dataset. also: other right answers of each. A record's
    prompt is the same on every side of a split, so this can come before the draw. Raises
    `InputError` for an unusable tokenizer.
    """
    if not options.tokenizers:
        return MeasuredRecords()
    # Imported here: it loads the chat template engine, which few need.
    from workbench.adapters.token_counts import load_token_counter

    looked_up = options.shape.looked_up
    goes_on = looked_up or any(sample.is_conversation for sample in samples)
    counters = [load_token_counter(path, dialogs=goes_on) for path in options.tokenizers]
    writer = record_writer(catalog, seed, options.shape)
    around = tuple(map(len, _developer(options.shape)))
    counts: list[list[int]] = [[] for _ in counters]
    step = max(1, len(samples) // _CATALOGS)
    catalogs = []
    owners: list[int] = []  # of each record: the sample it is made of
    for start in range(0, len(samples), _BATCH):
        places = range(start, min(start + _BATCH, len(samples)))
        written: list[dict[str, Any]] = []
        for i in places:
            lines = writer.records(samples[i], "train", also[i] if also else ())
            if i % step == 0:
                messages = msgspec.json.decode(lines[-1])["messages"]
                content = messages[0]["content"]
                text = content[around[0] : len(content) - around[1]]
                if looked_up and catalog.lists:
                    text = _listed(messages, catalog.lists.function)
                catalogs.append((len(owners) + len(lines) - 1, text))
            owners += [i] * len(lines)
            written += map(msgspec.json.decode, lines)
        for counter, counted in zip(counters, counts, strict=True):
            counted.extend(counter.count([counter.text(record) for record in written]))
        progress(places.stop, len(samples))
    limit = options.max_tokens
    longest: dict[int, int] = {}
    for owner, *of_one in zip(owners, *counts, strict=True):
        longest[owner] = max(longest.get(owner, 0), *of_one)
    gone = {i for i, count in longest.items() if limit is not None and count > limit}
    too_long = (TooLong(*origins[i], samples[i].query, longest[i]) for i in sorted(gone))
    left_out = {place for place, owner in enumerate(owners) if owner in gone}
    lengths = (
        _lengths(counter, counted, left_out, catalogs)
        for counter, counted in zip(counters, counts, strict=True)
        if len(gone) < len(samples)
    )
    return MeasuredRecords(tuple(lengths), tuple(too_long))


def _listed(messages: Iterable[Mapping[str, Any]], function: str) -> str:
    """Return all that a record has looked up of the catalogue."""
    told = (one for one in messages if one["role"] == "tool" and one["name"] == function)
    return "\n".join(one["content"] for one in told)


def _lengths(
    counter: "TokenCounter",
    counts: Sequence[int],
    gone: set[int],
    catalogs: Sequence[tuple[int, str]],
) -> Lengths:
    kept = [count for index, count in enumerate(counts) if index not in gone]
    whole = sum(counts[index] for index, _ in catalogs)
    share = sum(counter.count([text for _, text in catalogs])) / whole if whole else 0.0
    return Lengths(
        visible(str(counter.path)),
        counter.digest,
        counter.templated,
        min(kept),
        round(median(kept)),
        max(kept),
        round(share, 3),
        counter.loses,
    )


def manifest_records(options: RecordOptions, measured: MeasuredRecords) -> dict[str, Any]:
    """Return a manifest's part about the records' shape and length."""
    return {
        "records": {
            "catalog": options.catalog,
            "tools_per_record": options.tools,
            "properties_per_record": options.properties,
            "max_tokens": options.max_tokens,
            **({} if options.record_form == "single" else {"shape": options.record_form}),
            "too_long": [
                {"index": one.index, "id": one.id, "tokens": one.tokens}
                for one in measured.too_long
            ],
            "lengths": [
                {
                    "tokenizer": one.tokenizer,
                    "sha256": one.sha256,
                    "chat_template": one.templated,
                    "leaves_out": list(one.loses),
                    "tokens": {"min": one.minimum, "median": one.median, "max": one.maximum},
                    "catalogue_share": one.catalogue,
                }
                for one in measured.lengths
            ],
        }
    }
