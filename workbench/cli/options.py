"""Options that several commands share, defined once; those of a car, a model and an export are
fields of their dataclasses, see `core.options`.
"""

import shlex
import sys
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

from workbench.adapters.config.settings import load_settings
from workbench.core.errors import InputError
from workbench.core.options import Option, Reads, Writes

DatasetArgument = Annotated[
    Path, Option("dataset", "A dataset file: a JSON list of samples."), Reads("dataset")
]
_LABELS = Option(
    "--labels", "Labels file (default: NAME.labels.json next to the dataset).", metavar="FILE"
)
LabelsOption = Annotated[Path | None, _LABELS, Reads("labels")]
OwnLabelsOption = Annotated[Path | None, _LABELS, Writes("labels")]
WorkersOption = Annotated[int, Option("--workers", "Requests in parallel.")]
BatchOption = Annotated[bool, Option("--batch", "For scripts: no live display, plain lines only.")]
JsonOption = Annotated[bool, Option("--json", "Print JSON.")]
JsonLinesOption = Annotated[bool, Option("--json", "Print JSON, one object per line.")]
PassingOnlyOption = Annotated[
    bool, Option("--passing-only", "Set aside samples that fail verification.")
]
ThresholdOption = Annotated[
    str, Option("--threshold", "ROUGE-L above which queries are near-duplicates.")
]
ContrastOption = Annotated[
    int, Option("--contrast", "How many near-duplicates with different calls to keep per query.")
]
DryRunOption = Annotated[bool, Option("--dry-run", "Only estimate: send nothing, write nothing.")]
PricesOption = Annotated[
    Path | None,
    Option(
        "--prices",
        "Price file that overrides the built-in one (TOML, like data/prices.toml).",
        metavar="FILE",
    ),
    Reads("price file"),
]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run may cost, and whether it is only estimated."""

    dry_run: DryRunOption = False
    max_cost: Annotated[
        str | None,
        Option(
            "--max-cost",
            "Stop before spending more than this (requests in flight included).",
            metavar="USD",
        ),
    ] = None
    prices: PricesOption = None

    @property
    def limit(self) -> Decimal | None:
        """The most that it may cost in US dollars, `$` allowed. Raises `InputError`."""
        text = self.max_cost
        if text is None:
            return None
        try:
            amount = Decimal(text.strip().removeprefix("$"))
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or amount < 0:
            raise InputError(
                f"--max-cost {text}: it must be an amount in US dollars, such as 2.50."
            )
        return amount

    @property
    def price_file(self) -> Path | None:
        """The file of prices, see `price_file`."""
        return price_file(self.prices)


def price_file(given: Path | None) -> Path | None:
    """Return the file of prices: the one named, else that of the settings."""
    return given or load_settings().price_file


def typed_command() -> str:
    """Return the command line as it was typed."""
    return shlex.join(["workbench", *sys.argv[1:]])
