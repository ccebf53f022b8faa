"""Actions on labels in the journal: written, and read back as far as needed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.adapters.labels.log import EventLog
from workbench.adapters.labels.table import Raw
from workbench.core.errors import InputError
from workbench.core.json.json_safe import made_keepable
from workbench.core.json.text import dumps
from workbench.core.review.history import ActionStep
from workbench.core.review.labels import (
    DecisionMethod,
    EventKind,
    LabelEvent,
    describe,
    read_event,
    taken_back,
)

_GROUP = re.compile(rb'"group":(\d{1,15})[,}]')

Changed = tuple[str, Raw | None, Raw | None]
"""A sample's id, and its label before and after as JSON, None for none."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a reviewer does in one step: see `core.labels.Event`. marks: by sample id, how it came
    about and the seconds spent; `otherwise` is used if there is no mark.
    """

    kind: EventKind
    group: int
    reviewer: str
    time: str
    marks: Mapping[str, tuple[DecisionMethod, float]] = field(default_factory=dict)
    otherwise: DecisionMethod = "bulk"


def event_lines(action: Action, changes: Sequence[Changed], text: str = "") -> list[bytes]:
    """Write an action's events, one line each, for `read_event`. text: see `words_for`."""
    head = b'{"kind":"%b","group":%d,"id":' % (action.kind.encode(), action.group)
    who = b',"reviewer":%b,"time":%b,"seconds":' % (dumps(action.reviewer), dumps(action.time))
    lines: list[bytes] = []
    left = len(changes)
    for sample_id, before, after in changes:
        left -= 1
        how, seconds = action.marks.get(sample_id, (action.otherwise, 0.0))
        labels = b',"before":%b,"after":%b' % (before or b"null", after or b"null")
        end = b'%b,"how":"%b"' % (dumps(round(seconds, 2)), how.encode())
        more = b"}"
        if left:
            more = b',"left":%d}' % left
        elif lines:
            more = b',"text":%b,"span":%d}' % (dumps(text), sum(map(len, lines)) + len(lines))
        lines.append(b"".join((head, dumps(sample_id), labels, who, end, more)))
    return lines


def words_for(events: Sequence[LabelEvent]) -> str:
    """Say what an action did; an undo by what it took back, which is what redo does again."""
    kind = events[0].kind
    return describe([taken_back(event) for event in events] if kind == "undo" else events)


def past_steps(log: EventLog) -> Iterator[ActionStep]:
    """Return the actions in a journal as it is now, the newest first; reads one line for each.

    Raises `InputError` for a line that is not one of its events.
    """
    end = log.end
    while found := next(log.lines_back(end), None):
        place, line = found
        event = _read(log, place, line)
        start = place - event.span
        if event.span and not _begins(log, start, event):  # someone removed a damaged line
            start = _begin(log, event, place)
        yield ActionStep(event.kind, event.group, (start, end), event.text or words_for([event]))
        end = start


def _begins(log: EventLog, start: int, last: LabelEvent) -> bool:
    """Whether the action of an event begins at a place."""
    if start <= 0 or log.read(start - 1, start) != b"\n":
        return False
    line = log.read(start, log.end).partition(b"\n")[0]
    try:
        first = read_event(line)
    except ValueError:
        return False
    return (first.kind, first.group) == (last.kind, last.group)


def _begin(log: EventLog, last: LabelEvent, place: int) -> int:
    for earlier, line in log.lines_back(place):
        event = _read(log, earlier, line)
        if (event.kind, event.group) != (last.kind, last.group):
            break
        place = earlier
    return place


def read_step(log: EventLog, step: ActionStep) -> list[LabelEvent]:
    """Read an action's events."""
    events = []
    place = step.place[0]
    for line in log.lines(*step.place):
        event = _read(log, place, line)
        if (event.kind, event.group) != (step.kind, step.group):
            raise _damaged(log, place, "it stands among those of another action")
        events.append(event)
        place += len(line) + 1
    return events


def _read(log: EventLog, place: int, line: bytes) -> LabelEvent:
    try:
        try:
            return read_event(line)
        except ValueError:
            return read_event(made_keepable(line))
    except (ValueError, RecursionError) as error:
        raise _damaged(log, place, str(error)) from None


def _damaged(log: EventLog, place: int, reason: str) -> InputError:
    return InputError(
        f"{log.path}: line {log.line_number(place)} is not a label event: {reason}. "
        "Restore the file, or remove that line. It was not changed."
    )


def highest_group(log: EventLog) -> int:
    """Return the highest action number in a journal with unreadable lines."""
    numbers = (int(found[1]) for found in _GROUP.finditer(log.read(0, log.end)))
    return max(numbers, default=0)
