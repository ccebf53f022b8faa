"""Runs as a table and in full, in words; for command line and app alike."""

from collections.abc import Sequence

from workbench.adapters.runs import RunRecord
from workbench.core.plural import number_of
from workbench.core.spending.cost import money
from workbench.core.spending.ledger import STATES
from workbench.core.spending.run_words import duration_words, end_words, short_tokens, time_words
from workbench.core.spending.tally import Tally
from workbench.core.spending.usage import token_words

COLUMNS = (
    "#",
    "what",
    "began (UTC)",
    "model",
    "samples",
    "requests",
    "retries",
    "failed",
    "tokens",
    "cached",
    "cost",
    "time",
    "end",
)
LEFT = frozenset({"what", "began (UTC)", "model", "end"})
"""Columns of words; the others are figures."""
_ESSENTIAL = frozenset({"#", "samples", "cost", "end"})
_WANTED = (
    "began (UTC)",
    "what",
    "tokens",
    "requests",
    "failed",
    "model",
    "time",
    "cached",
    "retries",
)
"""The other columns, in the order in which they are added while there is room."""
GAP = 2


def cells(record: RunRecord, *, plain: bool = False) -> dict[str, str]:
    """Return a run's cells by column. plain: with ASCII signs."""
    tally = record.tally
    values = (
        str(record.number),
        what_words(record),
        time_words(record.began),
        record.model or record.engine,
        "" if record.kind != "generate" else f"{record.ledger.get('kept', 0):,}",
        f"{tally.requests:,}",
        f"{tally.retries:,}",
        f"{tally.failures:,}",
        short_tokens(tally.tokens.prompt + tally.tokens.written) if tally.counted else "",
        f"{100 * tally.tokens.cached_share:.0f} %" if tally.tokens.prompt else "",
        _short_cost(record),
        duration_words(record.seconds),
        end_words(record.end, plain=plain),
    )
    return dict(zip(COLUMNS, values, strict=True))


def what_words(record: RunRecord) -> str:
    """Say what a run did: `generate`, `batch` (generate by batch jobs), `judge`, …"""
    return "batch" if record.tier == "batch" else record.kind


def fitting(rows: Sequence[dict[str, str]], width: int) -> dict[str, int]:
    """Return the columns that fit into this width, each with its width."""
    widths = {name: max([len(name), *(len(row[name]) for row in rows)]) for name in COLUMNS}
    chosen = set(_ESSENTIAL)
    room = width - sum(widths[name] + GAP for name in chosen) + GAP
    for name in _WANTED:
        if widths[name] + GAP <= room:
            room -= widths[name] + GAP
            chosen.add(name)
    return {name: widths[name] for name in COLUMNS if name in chosen}


def _short_cost(record: RunRecord) -> str:
    """Write a cost for a table: `+` where there may be more."""
    tally = record.tally
    if free(record):
        return ""
    if tally.unpriced and not tally.cost:
        return "unknown"
    return f"{money(tally.cost)}{'+' if tally.unpriced or tally.unsure else ''}"


def totals(records: Sequence[RunRecord]) -> str:
    """Say in a sentence what runs cost together."""
    total = sum((record.tally for record in records), Tally())
    seconds = sum(record.seconds for record in records)
    parts = [number_of(len(records), "run"), number_of(total.requests, "request")]
    if total.counted:
        parts.append(f"{short_tokens(total.tokens.prompt + total.tokens.written)} tokens")
    if not all(free(record) for record in records):
        parts.append(total.cost_words())
    parts.append(f"{duration_words(seconds)} at work")
    return ", ".join(parts)


def details(record: RunRecord) -> list[tuple[str, str]]:
    """Return the details of a run, in order; empty ones are left out."""
    tally, ledger = record.tally, record.ledger
    version = ", ".join(v for v in record.versions if v != record.model)
    states = ", ".join(f"{ledger[state]:,} {state}" for state in STATES if ledger.get(state))
    errors = ", ".join(f"{count:,} {kind}" for kind, count in record.errors.items())
    options = ", ".join(f"{name} {value}" for name, value in record.options.items())
    lines = [
        ("what", what_words(record)),
        ("model", f"{record.engine} {record.model}".strip()),
        ("answered as", version),
        ("began", _utc(record.began)),
        ("ended", _utc(record.ended) if record.end != "running" else ""),
        ("at work", duration_words(record.seconds)),
        ("why", record.reason),
        ("items", f"{ledger.get('received', 0):,} received: {states}" if states else ""),
        (
            "requests",
            f"{tally.requests:,}: {tally.replies:,} answered, {tally.failures:,} failed, "
            f"{tally.retries:,} retries",
        ),
        ("errors", errors),
        ("tokens", token_words(tally.tokens) if tally.counted else ""),
        ("not reported", _uncounted(tally.replies - tally.counted, record)),
        ("cost", cost_words(record)),
        ("prices", record.price if cost_words(record) else ""),
        ("tier", record.tier if record.tier != "standard" else ""),
        ("options", options),
        ("prompts", record.prompts),
        ("run", str(record.run) if record.run else ""),
    ]
    return [(name, words) for name, words in lines if words]


def cost_words(record: RunRecord) -> str:
    """Say what a run cost, "" if nothing was asked of a service."""
    return "" if free(record) else record.tally.cost_words(record.model)


def free(record: RunRecord) -> bool:
    """Whether nothing was asked of a service."""
    tally = record.tally
    billed = tally.counted or tally.unpriced or tally.unsure or tally.failures
    return not billed and not tally.cost


def _uncounted(replies: int, record: RunRecord) -> str:
    uncounted = replies > 0 and not free(record)
    return f"the tokens of {number_of(replies, 'request')}" if uncounted else ""


def _utc(time: str) -> str:
    return f"{time_words(time)} UTC" if time else ""
