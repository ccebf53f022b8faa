"""The kinds of samples: what a model learns from one, besides which calls to make."""

from typing import Literal, get_args

from workbench.core.samples import Sample, Step, turns

SampleKind = Literal["calls", "read-first", "no-call", "ask", "conversation"]
"""calls: a request and the calls that serve it, or a read and its answer. read-first: one request
whose calls, or refusal, wait for what is read. no-call: talk or a refusal, and no call. ask: the
assistant asks back. conversation: several requests, one after another.
"""
KINDS: tuple[SampleKind, ...] = get_args(SampleKind)


def kind_of(sample: Sample) -> SampleKind:
    """Return a sample's kind, by its steps alone."""
    if not sample.then:
        return "calls" if sample.answers else _spoken(sample)
    steps = sample.steps
    if any(step.reply is not None and step.reply.kind == "ask" for step in steps):
        return "ask"
    if len(list(turns(sample))) > 1:
        return "conversation"
    if not sample.calls:
        return "no-call"
    return "read-first" if _reads_first(steps) else "calls"


def _spoken(sample: Sample) -> SampleKind:
    return "ask" if sample.reply is not None and sample.reply.kind == "ask" else "no-call"


def _reads_first(steps: tuple[Step, ...]) -> bool:
    """Whether something is read, and a later step changes something or refuses."""
    read = False
    for step in steps:
        changes = any("value" in call.arguments for call in step.answers)
        refuses = step.reply is not None and step.reply.kind == "refuse"
        if read and (changes or refuses):
            return True
        read = read or any(
            "value" not in call.arguments and "propertyName" in call.arguments
            for call in step.answers
        )
    return False
