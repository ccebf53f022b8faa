"""Where each record comes from: a line for each in a file of their own, so records stay as they
are.

Lines are in the order of the records.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from workbench.core.items import check_keys
from workbench.core.json.text import dumps
from workbench.core.review.labels import Calls, Decision, DecisionMethod, StaleCause, StepAnswer
from workbench.core.samples import to_item
from workbench.core.training.records import SplitName
from workbench.core.training.selection import ExportCandidate
from workbench.core.verdicts import Status, pointer


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about one record; None for anything unknown.

    sha256: of the record's line, without its end. id: the sample's in the dataset. edited: the id
    of the sample as edited. content: the id of the record's content, in canonical form.
    engine, model, run, request: who wrote it, and in answer to what. prompts: hash of the prompt
    files then. verdict, findings: of verification, with the codes. decision, how: a reviewer's.
    reviewer: who, as a pseudonym unless named. stale: what has changed since. accept: other right
    answers; accept_at: to steps of a conversation. dismissed: findings that a reviewer marked
    wrong, each by code and JSON Pointer.
    sample: a conversation as signed, in canonical form: with what its record can't say, such as the
    state at the start and the kinds of replies; also a request whose record looks properties up,
    which nobody signed. said: which of the things that the assistant says
    or calls in it is to be learnt, from 0; None for all.
    """

    sha256: str
    split: SplitName
    id: str
    edited: str | None
    content: str
    engine: str | None
    model: str | None
    run: int | None
    request: int | None
    prompts: str | None
    verdict: Status
    findings: tuple[str, ...]
    decision: Decision | None
    how: DecisionMethod | None
    reviewer: str | None
    stale: tuple[StaleCause, ...] = ()
    accept: tuple[Calls, ...] = ()
    accept_at: tuple[StepAnswer, ...] = ()
    dismissed: tuple[tuple[str, str], ...] = ()
    sample: dict[str, Any] | None = None
    said: int | None = None


def line_hash(record: bytes) -> str:
    """Hash a record's line without its end."""
    return sha256(record.rstrip(b"\n")).hexdigest()


def provenance(
    candidate: ExportCandidate,
    record: bytes,
    split: SplitName,
    prompts: Callable[[int], str],
    reviewer: Callable[[str], str],
    said: int | None = None,
    *,
    looked_up: bool = False,
) -> Provenance:
    """Return where a record comes from.

    prompts: returns the hash of a run's prompts, "" if unknown. reviewer: returns the name to write
    for a reviewer's name. said: which thing said a conversation's record ends with, None for all.
    looked_up: whether records look properties up.
    """
    sample = candidate.sample
    goes_on = sample.is_conversation or looked_up
    meta = candidate.original.meta or {}
    label = candidate.label if candidate.label and candidate.label.decision else None
    run = _number(meta.get("run"))
    findings = (f.code for f in candidate.verdict.findings if f.severity != "info")
    return Provenance(
        sha256=line_hash(record),
        split=split,
        id=candidate.original.id,
        edited=candidate.edited.id if candidate.edited else None,
        content=candidate.sample.id,
        engine=_text(meta.get("engine")),
        model=_text(meta.get("model")),
        run=run,
        request=_number(meta.get("request")),
        prompts=(prompts(run) or None) if run is not None else None,
        verdict=candidate.verdict.status,
        findings=tuple(dict.fromkeys(findings)),
        decision=label.decision if label else None,
        how=label.how if label else None,
        reviewer=reviewer(label.reviewer) if label else None,
        stale=candidate.stale,
        accept=label.accept if label else (),
        accept_at=label.accept_at if label else (),
        dismissed=tuple(
            (one.finding.code, pointer(one.finding.path)) for one in candidate.verdict.dismissed
        ),
        sample=to_item(replace(sample, meta=None, extra=None)) if goes_on else None,
        said=said if goes_on else None,
    )


def provenance_line(entry: Provenance) -> bytes:
    """Write a line of the sidecar; what only some records have only if they have it."""
    line = msgspec.to_builtins(entry)
    for name in ("accept", "accept_at", "dismissed"):
        if not line[name]:
            del line[name]
    for name in ("sample", "said"):
        if line[name] is None:
            del line[name]
    return dumps(line) + b"\n"


_decoder = msgspec.json.Decoder(Provenance)


def read_provenance(line: bytes) -> Provenance:
    """Read a line of the sidecar. Raises `ValueError` with the reason if it isn't one."""
    entry = _decoder.decode(line)
    check_keys(line)
    return entry


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    return value if type(value) is int else None
