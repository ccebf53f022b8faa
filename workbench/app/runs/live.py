"""A run in progress in this app: its record, brought up to date."""

from collections.abc import Sequence

import msgspec

from workbench.adapters.runs import RunRecord
from workbench.app.generate.standing import RunStanding
from workbench.jobs.spending.runs import difference


def moved_on(record: RunRecord, now: RunStanding, earlier: Sequence[RunRecord]) -> RunRecord:
    """Return the record with the run's current figures. earlier: the other runs, to add to."""
    seconds = round(now.seconds, 1)
    if now.standing is None:
        return msgspec.structs.replace(record, seconds=seconds)
    before: dict[str, int] = {}
    for other in earlier:
        for name, count in other.ledger.items():
            before[name] = before.get(name, 0) + count
    ledger = difference(now.standing.ledger.as_dict(), before)
    return record.with_tally(now.standing.tally, seconds=seconds, ledger=ledger)
