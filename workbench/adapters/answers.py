"""Answers of a model, saved as they arrive: a file of lines, so that scoring needs no model. The
first line says what was asked and how; each other line contains one answer. A line is on disk
before the next answer counts, so that a killed evaluation can continue.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from workbench.adapters.applog import AppendLog, lines_of, opened_log, parse_line
from workbench.adapters.files.durable import (
    cut,
    cut_torn_line,
    locked,
    read_bytes,
)
from workbench.adapters.files.text import decode, plain_utf8
from workbench.adapters.journal import body_bytes
from workbench.adapters.models.answering import AnswerError
from workbench.adapters.models.openai.messages import read_answer
from workbench.core.errors import InputError
from workbench.core.items import check_keys
from workbench.core.json.strict import DuplicateKeyError
from workbench.core.json.text import dumps
from workbench.core.samples import ToolCall
from workbench.core.text.plain import visible
from workbench.core.training.outputs import FAMILIES

SCHEMA = 1
_LINE = b'{"query":'
_OWN = 16
"""Bytes by which an incomplete first line is recognised as ours."""


class AnswersHead(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked: the model, how it was reached, how its calls are written, which records.

    family: of `core.outputs`, "" if the calls come parsed. data: SHA-256 of the records file.
    weights: hash of the model's, "" if only a server knows them.
    """

    kind: str = "answers"
    schema: int = SCHEMA
    model: str
    source: str
    family: str = ""
    data: str = ""
    weights: str = ""
    split: str = ""
    settings: dict[str, Any] = {}
    version: str = ""
    time: str = ""

    @property
    def chats(self) -> bool:
        """Whether the model was asked to go on with conversations, and not for calls alone."""
        return bool(self.settings.get("free") or self.settings.get("chat"))


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer. gold: the content id of the signed sample when it was asked.

    asked: hash of the question as the model saw it, see `core.gold`; "" in older files. text: as
    generated; calls: as a server parsed them, None if it gave text; broken: those that aren't
    calls. error: why there is neither. seconds: how long it took. raw: the body as it arrived, on a
    line of its own that is on disk before anything reads it; what was read follows. attempt: of
    several tries at the same question, from 0.
    """

    query: str
    gold: str
    asked: str = ""
    text: str = ""
    calls: tuple[ToolCall, ...] | None = None
    broken: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0
    raw: str = ""
    attempt: int = 0

    @property
    def bare(self) -> bool:
        """Whether this is a body that has not been read yet."""
        return (
            bool(self.raw) and not (self.text or self.broken or self.error) and self.calls is None
        )


_head_decoder = msgspec.json.Decoder(AnswersHead)
_answer_decoder = msgspec.json.Decoder(Answer)


def read_answers(path: Path) -> tuple[AnswersHead, list[Answer]]:
    """Read a file of answers; an incomplete last line, from a crash, is skipped.

    Raises `InputError` naming the line that cannot be read.
    """
    content = plain_utf8(read_bytes(path, "answers file"), path, "answers file")
    first, end, rest = content.partition(b"\n")
    if not end:
        raise InputError(f"{path}: it contains no answers; run the evaluation with a model first.")
    try:
        head = _head_decoder.decode(first)
    except msgspec.DecodeError:
        head = None
    if head is None:
        decode(content, path, "answers file")  # says if it isn't text
    if head is None or head.kind != "answers":
        raise InputError(f"{path}: this is not an answers file; name one written by evaluate.")
    if head.schema > SCHEMA:
        raise InputError(f"{path}: a newer version wrote it (schema {head.schema}); upgrade.")
    if head.family and head.family not in FAMILIES:
        raise InputError(
            f"{path}, line 1: {visible(head.family)} is not a known way of writing calls; "
            f"known are {', '.join(FAMILIES)}."
        )

    def wrong(number: int, error: Exception) -> str:
        twice = f" ({error})" if isinstance(error, DuplicateKeyError) else ""
        where = f"{path}, line {number}"
        return f"{where}: this is not an answer{twice}; restore the file, or remove the line."

    answers = [answer for answer in lines_of(rest, _read_line, wrong, first=2) if answer]
    return head, _with_bodies(answers, head)


def _read_line(line: bytes) -> Answer | None:
    if not line.strip():
        return None
    answer = parse_line(_answer_decoder, line)
    check_keys(line)
    return answer


def _with_bodies(answers: list[Answer], head: AnswersHead) -> list[Answer]:
    """Join each body with what was read from it; if the program was killed over it, read it now."""
    bodies: dict[tuple[str, str, str, int], str] = {}
    found: list[Answer] = []
    for answer in answers:
        key = (answer.query, answer.gold, answer.asked, answer.attempt)
        if answer.bare:
            bodies[key] = answer.raw
        else:
            found.append(msgspec.structs.replace(answer, raw=bodies.pop(key, answer.raw)))
    for (query, gold, asked, attempt), raw in bodies.items():
        answer = Answer(query=query, gold=gold, asked=asked, raw=raw, attempt=attempt)
        found.append(read_again(answer, head))
    return found


def read_again(answer: Answer, head: AnswersHead) -> Answer:
    """Read the body of an answer, if it has one, as answers are read today."""
    if not answer.raw:
        return answer
    try:
        body, chat = body_bytes(answer.raw), head.chats
        given = read_answer(head.source, body, as_text=bool(head.family), chat=chat)
    except AnswerError as error:
        return msgspec.structs.replace(answer, error=answer.error or str(error))
    return msgspec.structs.replace(
        answer, text=given.text, calls=given.calls, broken=given.broken, error=""
    )


@contextmanager
def opened_answers(path: Path, head: AnswersHead) -> Iterator[tuple[AppendLog, list[Answer]]]:
    """Open a file of answers to continue, or make it; returns the answers in it.

    Raises `InputError` if it holds those of another model or of other records, `LockedError`
    if another evaluation is writing it.
    """
    with locked(path, "evaluate"):
        there: list[Answer] = []
        first = dumps(msgspec.to_builtins(head)) + b"\n"
        content = read_bytes(path, "answers file") if path.exists() else b""
        if b"\n" not in content and content[:_OWN] == first[: min(_OWN, len(content))]:
            cut(path, 0)  # killed while writing its first line
        elif content:
            found, there = read_answers(path)
            _check_same(path, found, head)
            cut_torn_line(path, content, _LINE, "answers file")
        with opened_log(path) as log:
            if not path.stat().st_size:
                log.append(head)
            yield log, there


def _template(head: AnswersHead) -> str:
    return str(head.settings.get("chat_template") or "")


def _way(head: AnswersHead) -> str:
    if head.settings.get("free"):
        return "free"
    return "step by step in conversations" if head.chats else "step by step"


def _temperature(head: AnswersHead) -> str:
    return str(head.settings.get("temperature") or 0)


def _check_same(path: Path, found: AnswersHead, head: AnswersHead) -> None:
    for name, old, new in (
        ("model", found.model, head.model),
        ("source", found.source, head.source),
        ("chat template", _template(found), _template(head)),
        ("way of asking", _way(found), _way(head)),
        ("temperature", _temperature(found), _temperature(head)),
        ("family", found.family, head.family),
        ("split", found.split, head.split),
    ):
        if old != new:
            raise InputError(
                f"{path}: it contains answers for another {name} ({visible(old) or 'none'}, "
                f"not {visible(new) or 'none'}); name another file with --outputs, or move it "
                "away."
            )
    if found.weights and head.weights and found.weights != head.weights:
        raise InputError(
            f"{path}: it contains answers of {visible(head.model)} from before its "
            "weights changed; name another file with --outputs, or move it away."
        )
