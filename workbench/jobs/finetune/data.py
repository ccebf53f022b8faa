"""The records to train on: read, probed and encoded, with none of them lost."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import plain_utf8
from workbench.adapters.tuning.encode import Encoder, TokenRow, TokenRows
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.progress import PartProgress
from workbench.core.text.plain import visible
from workbench.core.training.outputs import ParameterTypes, read_output
from workbench.core.training.probe import probe_dialog, probe_record, probe_template
from workbench.core.training.records import SplitName
from workbench.core.training.records.reading import read_dialog, said_alone


@dataclass(frozen=True, slots=True)
class Lines:
    """A records file: its lines by number and split. digest: SHA-256 of the file.

    dialogs: whether some of them go on after a call or a reply.
    """

    path: Path
    digest: str
    train: tuple[tuple[int, bytes], ...]
    dev: tuple[tuple[int, bytes], ...]
    eval_count: int
    dialogs: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """The rows. lengths: least, median and most tokens, of train and dev together.

    merged: rows where one token spans the end of the prompt and the beginning of the answer.
    unshown: lines that call functions missing from their tools. digest: SHA-256 of all tokens.
    """

    train: TokenRows
    dev: TokenRows | None
    lengths: tuple[int, int, int]
    merged: int
    unshown: tuple[int, ...]
    digest: str


def read_lines(path: Path, samples: int | None, seed: int) -> Lines:
    """Read a records file. samples: how many of train, drawn by the seed; None for all.

    Raises `InputError` for a line that isn't a record, or if there is nothing to train on.
    """
    content = read_bytes(path, "records file")
    by_split: dict[SplitName, list[tuple[int, bytes]]] = {"train": [], "dev": [], "eval": []}
    dialogs = False
    for number, line in enumerate(plain_utf8(content, path, "records file").splitlines(), 1):
        try:
            split, steps = read_dialog(line)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: this is not a training record ({visible(str(error))}); "
                f"use a file written by export or refine."
            ) from None
        if not steps[-1].calls and not steps[-1].text:
            raise InputError(f"{path}, line {number}: its answer has neither calls nor words.")
        if len(steps) > 1 and not said_alone(line):
            raise InputError(
                f"{path}, line {number}: this is a whole conversation, of which only the last "
                "thing said would be learnt; export with --shape steps, a record for each."
            )
        dialogs = dialogs or len(steps) > 1
        by_split[split].append((number, line))
    train = by_split["train"]
    if not train:
        raise InputError(f"{path}: it has no train records; export with a smaller --num-test.")
    if samples is not None:
        if samples > len(train):
            raise InputError(f"{path}: it has {len(train)} training records, fewer than {samples}.")
        train = sorted(random.Random(seed).sample(train, samples))
    digest = sha256(content).hexdigest()
    sides = (tuple(train), tuple(by_split["dev"]), len(by_split["eval"]))
    return Lines(path, digest, *sides, dialogs)


def check_template(encoder: Encoder, name: str, *, dialogs: bool = False) -> int | None:
    """Probe the tokenizer's real template with a record of marker words; dialogs: with a
    conversation of them, too.

    Returns the token that ends an answer, None if unknown. Raises `InputError` if a role, a tool, a
    call, a value or, in a conversation, a result or a reply doesn't come through.
    """
    losses = probe_template(encoder.render, encoder.family)
    if dialogs:
        losses += probe_dialog(encoder.render, encoder.family)
    if losses:
        said = "; ".join(loss.sentence for loss in losses)
        remedy = "" if encoder.map_roles else "leave --no-map-roles out, or "
        raise InputError(
            f"{visible(name)}: {said}. Nothing was trained: {remedy}use a template that keeps it "
            f"({_other_template(encoder)}), or another model."
        )
    messages, tools = probe_record()
    return encoder.stop_token(encoder.row({"messages": messages, "tools": tools}).text)


def _other_template(encoder: Encoder) -> str:
    turns = encoder.tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    unknown = encoder.tokenizer.unk_token_id
    known = all(token is not None and token != unknown for token in turns)
    return "--chat-template chatml, or a FILE" if known else "--chat-template FILE"


def encode(lines: Lines, encoder: Encoder, limit: int | None, progress: PartProgress) -> Encoded:
    """Encode the records of train and dev. limit: the most tokens each may have.

    Raises `InputError` if one is too long, is refused by the template, or wouldn't be learnt as
    signed.
    """
    sides: dict[str, TokenRows] = {"train": TokenRows(), "dev": TokenRows()}
    lengths: list[int] = []
    long: list[int] = []
    merged = 0
    unshown: list[int] = []
    total = len(lines.train) + len(lines.dev)
    for side, number, line in _each(lines):
        row, shown = _row(lines.path, number, line, encoder)
        if not shown:
            unshown.append(number)
        lengths.append(len(row))
        merged += row.merged
        if limit is not None and len(row) > limit:
            long.append(number)
        sides[side].add(row)
        progress(len(lengths), total)
    if long:
        raise InputError(
            f"{lines.path}: {len(long)} of {total} records are longer than {limit} tokens (the "
            f"longest has {max(lengths)}, the first is line {long[0]}), and none is cut or dropped "
            f"here: export shorter ones (--catalog compact, --properties-per-record), or raise "
            f"--max-length, at most to the model's context."
        )
    spread = (min(lengths), round(median(lengths)), max(lengths))
    digest = sha256()
    for rows in sides.values():
        for part in (rows.ids, rows.labels, rows.ends):
            digest.update(part)
    return Encoded(
        sides["train"],
        sides["dev"] if lines.dev else None,
        spread,
        merged,
        tuple(unshown),
        digest.hexdigest(),
    )


def check_vocabulary(model: Any, rows: Encoded, name: str) -> None:
    """Raise `InputError` if the tokenizer produces tokens that the model doesn't have."""
    size = model.get_input_embeddings().num_embeddings
    most = max(max(side.ids) for side in (rows.train, rows.dev) if side is not None)
    if most >= size:
        raise InputError(
            f"{visible(name)}: its tokenizer produces the token {most}, but the model has {size}; "
            f"fetch the model again with its own tokenizer."
        )


def _each(lines: Lines) -> Iterator[tuple[str, int, bytes]]:
    for side, chosen in (("train", lines.train), ("dev", lines.dev)):
        for number, line in chosen:
            yield side, number, line


def _row(path: Path, number: int, line: bytes, encoder: Encoder) -> tuple[TokenRow, bool]:
    """Return a record's row, and whether its tools have every function that it calls."""
    record = msgspec.json.decode(line)
    if not all(map(_is_tool, record["tools"])):
        raise InputError(
            f"{path}, line {number}: each of its tools must be an object with a named function; "
            f"use a file written by export or refine."
        )
    types = _types(record["tools"])
    try:
        row = encoder.row(record)
    except ValueError as error:
        raise InputError(
            f"{path}, line {number}: the chat template refuses it: {visible(str(error))}."
        ) from None
    read = read_output(row.text, encoder.family, types)
    last = record["messages"][-1]
    wanted = [call["function"] for call in last.get("tool_calls", ())]
    given = [{"name": call.name, "arguments": call.arguments} for call in read.calls]
    if not wanted and last["content"].strip() not in row.text:
        raise InputError(
            f"{path}, line {number}: the chat template doesn't write its answer as it is, so "
            f"other words would be learnt; use another template (--chat-template)."
        )
    if read.broken or _counted(wanted) != _counted(given):
        raise InputError(
            f"{path}, line {number}: its calls can't be read back from what the chat template "
            f"writes, so wrong ones would be learnt; use another template (--chat-template)."
        )
    return row, all(call["name"] in types for call in wanted)


def _is_tool(tool: Any) -> bool:
    function = tool.get("function") if isinstance(tool, Mapping) else None
    return isinstance(function, Mapping) and isinstance(function.get("name"), str)


def _counted(calls: list[dict[str, Any]]) -> Counter[bytes]:
    """Count calls with exact types: 1 is neither 1.0 nor true."""
    return Counter(dumps(call, sort_keys=True) for call in calls)


def _types(tools: list[Any]) -> ParameterTypes:
    functions = [tool["function"] for tool in tools]
    return {f["name"]: _properties(f.get("parameters")) for f in functions}


def _properties(schema: Any) -> Mapping[str, Any]:
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}
