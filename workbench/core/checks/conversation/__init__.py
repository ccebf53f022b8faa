"""The conversation stage: what can be known by running a conversation, and by what it has shown.

Errors are what the car or the session proves wrong; what rests on the policy, or on reading words,
is a warning.
"""

from collections.abc import Iterator

from workbench.core.car.catalog import Catalog
from workbench.core.checks.conversation.changes import check_changes, check_rounds
from workbench.core.checks.conversation.questions import check_answers, check_questions
from workbench.core.checks.conversation.readable import is_readable
from workbench.core.checks.conversation.reads import check_reads
from workbench.core.checks.conversation.refusals import check_refusals
from workbench.core.checks.conversation.session import Session, run_session
from workbench.core.checks.conversation.starts import check_starts
from workbench.core.checks.conversation.told import check_told
from workbench.core.checks.conversation.undo import check_undo
from workbench.core.checks.conversation.words import check_words
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.checks.work_limits import MOST_STEPS, MOST_TOGETHER, bounded
from workbench.core.samples import Path, Sample
from workbench.core.verdicts import Finding

_STALE, _UNDO = "conversation.stale_value", "conversation.undo_value"


def check_conversation(
    sample: Sample, catalog: Catalog, rules: GroundingRules | None = None
) -> Iterator[Finding]:
    """Yield the findings of the conversation stage; none for what isn't a conversation.

    rules: by which words are read; without them only what needs no words is checked, among that
    all that can be an error.
    """
    if not sample.is_conversation:
        return
    steps, calls = len(sample.steps), len(sample.calls)
    if steps > MOST_STEPS or calls > MOST_TOGETHER:
        said = f"{steps:,} steps with {calls:,} calls are too many to look at together"
        yield Finding("conversation.not_read", said, ("then",))
    else:
        session = run_session(sample, catalog)
        yield from bounded("conversation", _once(_check(session, rules)))


def _check(session: Session, rules: GroundingRules | None) -> Iterator[Finding]:
    yield from check_rounds(session)
    yield from check_reads(session)
    yield from check_changes(session)
    yield from check_refusals(session)
    yield from check_questions(session)
    if rules is not None and is_readable(session) and _is_english(session, rules):
        yield from check_answers(session, rules)
        yield from check_undo(session, rules)
        yield from check_starts(session, rules)
        yield from check_told(session, rules)
        yield from check_words(session, rules)


def _is_english(session: Session, rules: GroundingRules) -> bool:
    """Whether all that is said to the assistant is read as English: words about what was before
    are about all of it.
    """
    said = (step.query for step in session.steps if step.query)
    return not any(rules.reader.strange_words(query) for query in said)


def _once(findings: Iterator[Finding]) -> Iterator[Finding]:
    """Leave out a finding of a code at a place that has one of the same code, and what a value
    would be worked out from where it is known what it goes back to.
    """
    seen: set[tuple[str, Path]] = set()
    for finding in findings:
        key = (finding.code, finding.path)
        undone = finding.code == _STALE and (_UNDO, finding.path) in seen
        if key not in seen and not undone:
            seen.add(key)
            yield finding
