"""What a person types for an export, read; and the command that does the same without a screen."""

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from os.path import realpath
from pathlib import Path
from typing import cast

from workbench.adapters.labels import labels_path
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.core.training.selection import Include
from workbench.jobs.records.export import ExportOptions
from workbench.jobs.records.manifest import Method
from workbench.jobs.records.shaping import CatalogForm, record_options
from workbench.jobs.review import Review


@dataclass(frozen=True)
class Field:
    """A line of the form. choices: what it may be, by what each means; empty for any text."""

    name: str
    label: str
    hint: str = ""
    choices: Mapping[str, str] | None = None


FIELDS = (
    Field("output", "Records", "a JSONL file"),
    Field(
        "include",
        "Include",
        choices={
            "accepted": "what a person accepted",
            "passing": "also unreviewed that pass",
            "all": "also all unreviewed",
        },
    ),
    Field("num_test", "Eval records", "a tenth, at most 1,000"),
    Field("num_dev", "Dev records", "none"),
    Field("eval_from", "Eval set of", "none: drawn anew; or an earlier manifest"),
    Field(
        "split",
        "Split",
        choices={"cluster": "near-duplicates on one side", "random": "each by chance"},
    ),
    Field("seed", "Seed", "0"),
    Field(
        "catalog",
        "Catalogue",
        choices={"full": "as the car reports it", "compact": "a fifth of the tokens"},
    ),
    Field("tools", "Functions", "all; or so many a record"),
    Field("properties", "Properties", "all; or so many a record"),
    Field("tokenizers", "Tokenizer", "none: no tokens counted; or model folders"),
    Field("max_tokens", "Most tokens", "no limit; longer ones are left out"),
    Field("engines", "Engines", "all, but for offline beside others"),
    Field("split_files", "Split files", "none; or a folder for a file each"),
    Field("license", "Licence", "none: the card says so"),
    Field(
        "with_reviewers",
        "Reviewers",
        choices={"pseudonyms": "no name is written", "names": "as they signed"},
    ),
    Field(
        "allow_failing",
        "Failing, stale",
        choices={"refuse": "until they are reviewed", "take": "as they are"},
    ),
)


def default_options(review: Review) -> ExportOptions:
    """Give what an export of a dataset under review starts from."""
    own = realpath(labels_path(review.path))
    return ExportOptions(
        review.path,
        review.path.with_suffix(".jsonl"),
        labels=None if realpath(review.store.path) == own else review.store.path,
        files=review.files,
    )


def values_of(options: ExportOptions) -> dict[str, str]:
    """Give the form's values of options."""
    return {
        "output": str(options.output),
        "include": options.include,
        "num_test": "" if options.num_test is None else str(options.num_test),
        "num_dev": str(options.num_dev or ""),
        "eval_from": str(options.eval_from or ""),
        "split": options.split,
        "seed": str(options.seed),
        "catalog": "compact" if options.records.shape.compact else "full",
        "tools": str(options.records.shape.tools or ""),
        "properties": str(options.records.shape.properties or ""),
        "tokenizers": shlex.join(map(str, options.records.tokenizers)),
        "max_tokens": str(options.records.max_tokens or ""),
        "engines": ", ".join(options.engines or ()),
        "split_files": str(options.split_files or ""),
        "license": options.license,
        "with_reviewers": "names" if options.with_reviewers else "pseudonyms",
        "allow_failing": "take" if options.allow_failing else "refuse",
    }


def options_of(values: Mapping[str, str], start: ExportOptions) -> ExportOptions:
    """Read the form's values. Raises `InputError` with what is wrong, in a sentence.

    start: has what the form does not ask for.
    """
    output = values["output"].strip()
    if not output:
        raise InputError("Records: name a file to write.")
    engines = tuple(filter(None, (name.strip() for name in values["engines"].split(","))))
    options = replace(
        start,
        output=_path("Records", output),
        include=cast(Include, values["include"]),
        num_test=_some("Eval records", values["num_test"]),
        num_dev=_number("Dev records", values["num_dev"].strip() or "0"),
        eval_from=_optional("Eval set of", values["eval_from"]),
        seed=_number("Seed", values["seed"].strip() or "0"),
        split=cast(Method, values["split"]),
        engines=engines or None,
        split_files=_optional("Split files", values["split_files"]),
        license=values["license"].strip(),
        records=record_options(
            cast(CatalogForm, values["catalog"]),
            _some("Functions", values["tools"]),
            _some("Properties", values["properties"]),
            _some("Most tokens", values["max_tokens"]),
            _paths("Tokenizer", values["tokenizers"]),
        ),
        with_reviewers=values["with_reviewers"] == "names",
        allow_failing=values["allow_failing"] == "take",
    )
    return replace(options, command=command_of(options))


def command_of(options: ExportOptions) -> str:
    """Give the command line that exports the same."""
    return shlex.join(["workbench", "export", "--batch", str(options.data), *_arguments(options)])


def _arguments(options: ExportOptions) -> Iterator[str]:
    plain = ExportOptions(options.data, options.output)
    shape = options.records.shape
    named = {
        "--labels": options.labels,
        "--num-test": options.num_test,
        "--num-dev": options.num_dev or None,
        "--eval-from": options.eval_from,
        "--include": options.include if options.include != plain.include else None,
        "--seed": options.seed or None,
        "--split": options.split if options.split != plain.split else None,
        "--split-files": options.split_files,
        "--engines": ",".join(options.engines) if options.engines is not None else None,
        "--license": options.license or None,
        "--catalog": "compact" if shape.compact else None,
        "--tools-per-record": shape.tools,
        "--properties-per-record": shape.properties,
        "--max-tokens": options.records.max_tokens,
        "--properties": options.files.properties,
        "--functions": options.files.functions,
        "--overlay": options.files.overlay,
        "--policy": options.files.policy,
        "--lexicon": options.files.lexicon,
        "--driver-side": options.files.driver_side if options.files.driver_side != "left" else None,
    }
    yield from ("--output", str(options.output))
    for name, value in named.items():
        if value is not None:
            yield from (name, str(value))
    for tokenizer in options.records.tokenizers:
        yield from ("--tokenizer", str(tokenizer))
    for name, on in (
        ("--allow-failing", options.allow_failing),
        ("--with-reviewers", options.with_reviewers),
        ("--force", options.force),
    ):
        if on:
            yield name


def _some(name: str, text: str) -> int | None:
    return _number(name, text.strip()) if text.strip() else None


def _optional(name: str, text: str) -> Path | None:
    return _path(name, text.strip()) if text.strip() else None


def _path(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError(
            f"{name}: '{visible(text)}' begins with the home of a user that is not known."
        ) from None


def _paths(name: str, text: str) -> tuple[Path, ...]:
    try:
        return tuple(_path(name, part) for part in shlex.split(text))
    except ValueError:
        raise InputError(f"{name}: '{visible(text)}' has a quote without its end.") from None


def _number(name: str, text: str) -> int:
    # Longer ones are no number that anybody means, and Python refuses the longest.
    if len(text) <= 18 and text.removeprefix("-").isdecimal() and text.isascii():
        return int(text)
    raise InputError(f"{name}: a whole number is wanted, and '{visible(text[:40])}' is none.")
