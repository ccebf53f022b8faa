"""Answers that had arrived when a program was killed: read now from the journal, and not asked for
again."""

from workbench.adapters.journal import (
    ArrivedLine,
    FailureLine,
    JournalState,
    ReplyLine,
    RunJournal,
    body_bytes,
    now,
)
from workbench.adapters.models.gemini.envelope import read_body


def take_arrived(journal: RunJournal, state: JournalState) -> None:
    """Note in the journal, and in its state, what the bodies come to that nothing was made of."""
    for line in list(state.arrived.values()):
        made = read_arrived(line)
        journal.append(made)
        state.take(made)


def read_arrived(line: ArrivedLine) -> ReplyLine | FailureLine:
    """Give the line that was to follow a body: the reply in it, or that it holds no reply."""
    answer = read_body(body_bytes(line.body))
    counts = answer.usage.as_dict() if answer and answer.usage else None
    if answer is None or not answer.usable:
        return FailureLine(
            run=line.run,
            request=line.request,
            error="the program was killed over an answer that holds no text",
            time=now(),
            usage=counts,
            faults=("empty",),
        )
    return ReplyLine(
        run=line.run,
        request=line.request,
        engine=line.engine,
        model=line.model,
        asked=line.asked,
        reply=answer.text,
        finish=answer.finish,
        usage=counts,
        time=line.time,
        version=answer.version,
    )
