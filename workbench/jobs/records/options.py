"""The options of `export` and `refine`. Each is defined here once.

The command line, the app's form, the command to repeat an export and the manifest are all made from
these fields; see `core.options`.
"""

import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.labels import labels_path
from workbench.adapters.vehicle.catalogs import Car, CatalogFiles
from workbench.core.errors import InputError
from workbench.core.options import Force, Option, Reads, Seed, Writes, declared_options
from workbench.core.text.plain import visible
from workbench.core.training.records import RecordForm, RecordShape, SplitName
from workbench.core.training.selection import Include
from workbench.jobs.records.manifest import Drawing, Method

DATASET = Path("build/dataset.json")
"""The dataset if none is named."""

RECORDS = DATASET.with_suffix(".jsonl")

CatalogForm = Literal["full", "compact", "looked-up"]
"""full: the car's own JSON. compact: the text format of `core.car.compact`. looked-up: none; the
model lists the properties of a category when it needs them.
"""


@dataclass(frozen=True)
class RecordOptions:
    """What records hold, what they show of the car, and how long they may be. Raises `InputError`
    if it makes no sense.

    record_form: how much of a conversation is a record. max_tokens: of the whole prompt and answer,
    with every tokenizer. tokenizers: model folders, or files `tokenizer.json`.
    """

    record_form: Annotated[
        RecordForm,
        Option(
            "--shape",
            "single: a query and its calls; conversations are left out. dialog: a whole "
            "conversation. steps: a record for each thing that the assistant says or calls, all "
            "before it being the prompt.",
            label="Shape",
            choices={
                "single": "one request and its calls",
                "dialog": "whole conversations",
                "steps": "a record for each thing said",
            },
        ),
    ] = field(default="single", kw_only=True)
    catalog: Annotated[
        CatalogForm,
        Option(
            "--catalog",
            "full: as the car reports it. compact: the same facts in 10 to 20 % of the tokens, "
            "depending on the tokenizer (catalog compact). looked-up: not at all; the model lists "
            "the properties of a category when it needs them.",
            label="Catalogue",
            choices={
                "full": "as the car reports it",
                "compact": "10 to 20 % of the tokens",
                "looked-up": "the model looks it up",
            },
        ),
    ] = "full"
    tools: Annotated[
        int | None,
        Option(
            "--tools-per-record",
            "Show this many functions in a record: those called, and others drawn at random.",
            metavar="K",
            default="all",
            label="Functions",
            hint="all, or a number per record",
        ),
    ] = None
    properties: Annotated[
        int | None,
        Option(
            "--properties-per-record",
            "Show this many properties in a record: those called, and others drawn at random.",
            metavar="K",
            default="all",
            label="Properties",
            hint="all, or a number per record",
        ),
    ] = None
    tokenizers: Annotated[
        tuple[Path, ...],
        Option(
            "--tokenizer",
            "Count tokens with this: a model's folder, or a tokenizer.json; can be repeated.",
            metavar="DIR|FILE",
            label="Tokenizer",
            hint="none, or model folders",
        ),
        Reads("tokenizer"),
    ] = ()
    max_tokens: Annotated[
        int | None,
        Option(
            "--max-tokens",
            "Leave out records with more tokens, prompt and answer, by any --tokenizer.",
            metavar="N",
            label="Max tokens",
            hint="no limit; longer records are left out",
        ),
    ] = None

    def __post_init__(self) -> None:
        for one in declared_options(RecordOptions):
            number = one.value(self)
            if isinstance(number, int) and number < 1:
                raise InputError(f"{one.option.name} {number}: it must be at least 1.")
        if self.max_tokens is not None and not self.tokenizers:
            raise InputError(
                "--max-tokens counts a model's tokens; name its folder with --tokenizer."
            )

        if self.catalog == "looked-up" and self.record_form == "single":
            raise InputError(
                "--catalog looked-up makes conversations of requests. Add --shape dialog or steps."
            )
        if self.catalog == "looked-up" and self.properties is not None:
            raise InputError(
                "--properties-per-record is for records that show a catalogue; leave it out with "
                "--catalog looked-up."
            )

    @cached_property
    def shape(self) -> RecordShape:
        """How much of the car a record shows."""
        looked_up, compact = self.catalog == "looked-up", self.catalog == "compact"
        return RecordShape(compact, self.tools, self.properties, self.record_form, looked_up)

    @property
    def named(self) -> dict[str, Path]:
        """The files that were named, by what they are."""
        return {f"tokenizer {path.name}": path for path in self.tokenizers}


NumTest = Annotated[
    int | None,
    Option(
        "--num-test",
        "Records in the eval split.",
        default="a tenth, at most 1000",
        label="Eval records",
        hint="a tenth, at most 1,000",
    ),
]
NumDev = Annotated[
    int,
    Option(
        "--num-dev",
        "Records in a dev split, for tuning, so that eval stays untouched.",
        label="Dev records",
        hint="none",
    ),
]
EvalFrom = Annotated[
    Path | None,
    Option(
        "--eval-from",
        "Keep the eval split of an earlier run, from its manifest.",
        metavar="MANIFEST",
        label="Keep eval from",
        hint="new split, or an earlier manifest",
    ),
    Reads("manifest of the eval set"),
]
SplitMethod = Annotated[
    Method,
    Option(
        "--split",
        "cluster keeps near-duplicates on one side; random doesn't look for them.",
        label="Split",
        choices={"cluster": "near-duplicates on one side", "random": "each at random"},
    ),
]
_OUTPUT = Option("--output", "The records: JSONL.", label="Records", hint="a JSONL file")


@dataclass(frozen=True)
class ExportFiles:
    """The files that an export writes. sides: the records of each split by its name, if wanted."""

    records: Path
    provenance: Path
    manifest: Path
    card: Path
    sides: Mapping[SplitName, Path] = field(default_factory=dict)

    @classmethod
    def of(
        cls, output: Path, split_files: Path | None = None, *, with_dev: bool = False
    ) -> "ExportFiles":
        """Return the files of an export to `output`, beside it, and in a folder for the splits."""
        made = RecordFiles(output)
        names: tuple[SplitName, ...] = ("train", "dev", "eval") if with_dev else ("train", "eval")
        return cls(
            output,
            made.provenance,
            made.manifest,
            made.card,
            {name: split_files / f"{name}.jsonl" for name in names} if split_files else {},
        )

    @property
    def all(self) -> tuple[Path, ...]:
        """All of them, the records first."""
        return (self.records, *self.sides.values(), self.card, self.provenance, self.manifest)


@dataclass(frozen=True)
class ExportOptions:
    """What to export, and how.

    labels: None for the file beside the data. num_test: None for a tenth, at most 1,000. eval_from:
    a manifest of an earlier export, whose eval set is used again instead of num_test. include: see
    `core.training.selection.Include`. engines: whose samples; None for all, with offline ones only
    if there are no others. split_files: a folder for train.jsonl, eval.jsonl and, if there is any,
    dev.jsonl. license: for the card. allow_failing: export samples that fail verification, and
    stale decisions, too. with_reviewers: by name, not by pseudonym. force: replace files that this
    program didn't write. command: as typed, for the manifest.
    """

    data: Annotated[
        Path,
        Option("dataset", "The dataset: a JSON list of samples.", unasked="the one under review"),
        Reads("dataset"),
    ] = DATASET
    output: Annotated[Path, _OUTPUT, Writes("exported")] = RECORDS
    labels: Annotated[
        Path | None,
        Option(
            "--labels",
            "Labels file (default: NAME.labels.json next to the dataset).",
            metavar="FILE",
            unasked="those of the review",
        ),
        Reads("labels"),
    ] = None
    include: Annotated[
        Include,
        Option(
            "--include",
            "passing adds undecided and skipped samples that pass verification, all adds all of "
            "them. Rejected samples are never exported.",
            label="Include",
            choices={
                "accepted": "what reviewers accepted",
                "passing": "and others that pass",
                "all": "all but rejected ones",
            },
        ),
    ] = "accepted"
    num_test: NumTest = None
    num_dev: NumDev = 0
    eval_from: EvalFrom = None
    split: SplitMethod = "cluster"
    seed: Seed = 0
    records: RecordOptions = field(default_factory=RecordOptions)
    engines: Annotated[
        tuple[str, ...] | None,
        Option(
            "--engines",
            "Export samples of these engines (default: all, but offline ones only if there are no "
            "others).",
            metavar="NAME,…",
            label="Engines",
            hint="all; offline only if nothing else",
        ),
    ] = None
    split_files: Annotated[
        Path | None,
        Option(
            "--split-files",
            "Also write train.jsonl and eval.jsonl (and dev.jsonl) to this folder.",
            metavar="DIR",
            label="Split files",
            hint="none, or a folder for a file each",
        ),
        Writes("splits"),
    ] = None
    license: Annotated[
        str,
        Option(
            "--license",
            "The licence for the card; without it, the card says that none is given.",
            label="Licence",
            hint="none: the card says so",
        ),
    ] = ""
    with_reviewers: Annotated[
        bool,
        Option(
            "--with-reviewers",
            "Give reviewers' names instead of pseudonyms.",
            label="Reviewers",
            choices={"pseudonyms": "no names are written", "names": "as they signed"},
        ),
    ] = False
    allow_failing: Annotated[
        bool,
        Option(
            "--allow-failing",
            "Also export samples that fail verification and stale decisions.",
            label="Failing, stale",
            choices={"refuse": "until they are reviewed", "take": "as they are"},
        ),
    ] = False
    force: Force = False
    files: CatalogFiles = field(default_factory=CatalogFiles)
    command: str = ""

    @property
    def labels_file(self) -> Path:
        """The labels file."""
        return self.labels or labels_path(self.data)

    @property
    def written(self) -> ExportFiles:
        """What is written."""
        return ExportFiles.of(self.output, self.split_files, with_dev=self.num_dev > 0)

    @property
    def left_over(self) -> Path | None:
        """A dev file of an earlier export in the folder for the splits, if this one has none."""
        path = self.split_files / "dev.jsonl" if self.split_files and not self.num_dev else None
        return path if path and os.path.exists(path) else None

    @property
    def drawing(self) -> Drawing:
        """How the split is drawn."""
        return Drawing(self.num_test, self.num_dev, self.seed, self.split)


@dataclass(frozen=True)
class RefineOptions:
    """What to refine, and how. num_test: None for a tenth, at most 1,000.

    split: `cluster` keeps near-duplicates on one side, `random` doesn't look for them. eval_from: a
    manifest of an earlier run, whose eval set is used again. force: replace files that this program
    didn't write. command: as typed, for the manifest.
    """

    data: Annotated[
        Path, Option("--data-file", "The dataset: a JSON list of samples."), Reads("dataset")
    ] = DATASET
    output: Annotated[Path, _OUTPUT, Writes("records")] = RECORDS
    num_test: NumTest = None
    num_dev: NumDev = 0
    seed: Seed = 0
    split: SplitMethod = "cluster"
    eval_from: EvalFrom = None
    drop_failing: Annotated[
        bool, Option("--drop-failing", "Leave out samples that fail verification.")
    ] = False
    force: Force = False
    records: RecordOptions = field(default_factory=RecordOptions)
    files: Car = field(default_factory=CatalogFiles)
    command: str = ""

    @property
    def drawing(self) -> Drawing:
        """How the split is drawn."""
        return Drawing(self.num_test, self.num_dev, self.seed, self.split)


def command_of(options: ExportOptions) -> str:
    """Return the command line that does the same export."""
    return shlex.join(["workbench", "export", "--batch", *_arguments(options)])


def _arguments(options: ExportOptions) -> Iterator[str]:
    for one in declared_options(ExportOptions):
        value, name = one.value(options), one.option.name
        if not name.startswith("--"):
            yield str(value)
        elif value == one.default and name != "--output":
            continue
        elif one.kind is bool:
            yield name
        elif one.kind == tuple[Path, ...]:
            for path in value:
                yield from (name, str(path))
        else:
            yield from (name, ",".join(value) if isinstance(value, tuple) else str(value))


def manifest_options(options: ExportOptions) -> dict[str, Any]:
    """Return a manifest's part about the options, by name."""

    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return [plain(one) for one in value]
        return visible(str(value)) if isinstance(value, Path | str) else value

    return {
        one.option.name.lstrip("-"): plain(one.value(options))
        for one in declared_options(ExportOptions)
    }
