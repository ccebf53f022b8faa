"""What `refine` and `export` both say about the records that they have written."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.cli.console import note, say
from workbench.core.training.splits import few_to_train_on

if TYPE_CHECKING:
    from workbench.jobs.records.shaping import MeasuredRecords

_NAMED = 5
"""How many records over the limit are named; the manifest lists all."""


def note_pinned(eval_from: Path | None, num_test: int | None, missing: Sequence[str]) -> None:
    """Say how a pinned eval set differs from what was asked for, and from what it was."""
    if eval_from is not None and num_test is not None:
        note("--num-test has no effect with --eval-from")
    if missing:
        note(f"{len(missing):,} of the pinned eval samples are not among these")


def note_leaks(leaks: Sequence[str]) -> None:
    """Say how many near-duplicates are in different splits."""
    if leaks:
        note(
            f"{len(leaks):,} eval or dev records have a near-duplicate in another split "
            "that could not be kept apart; the manifest lists them as leaks"
        )


def say_counts(
    output: Path, counts: Mapping[str, int], samples: Mapping[str, int] | None = None
) -> None:
    """Print the number of records by split. samples: how many they are made of, if others."""
    parts = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    total, made_of = sum(counts.values()), sum((samples or counts).values())
    several = f" ({total:,} records of {made_of:,} samples)" if total != made_of else ""
    say(f"{output}: {parts or 'no records'}{several}")
    if few_to_train_on(counts):
        note(f"only {counts.get('train', 0):,} are left to train on; lower --num-dev or --num-test")


def note_too_long(measured: "MeasuredRecords", limit: int | None) -> None:
    """Name records that were left out for their length."""
    number = len(measured.too_long)
    if not number or limit is None:
        return
    note(f"{number:,} {'record' if number == 1 else 'records'} over {limit:,} tokens left out:")
    for one in measured.too_long[:_NAMED]:
        note(f"  {one}")
    if number > _NAMED:
        note(f"  and {number - _NAMED:,} more; the manifest lists them all")


def say_lengths(measured: "MeasuredRecords") -> None:
    """Print how many tokens the records have, by tokenizer."""
    for one in measured.lengths:
        say(str(one))
