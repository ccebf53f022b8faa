"""The most that checking one item may cost: beyond these limits a stage stops, and a finding says
so.
"""

from collections.abc import Iterable, Iterator

from workbench.core.samples import Sample
from workbench.core.verdicts import Finding

MAX_QUERY = 1000
"""Characters; a minute and a half of speech."""
LONGEST_READ = 4 * MAX_QUERY
"""Characters of a query that is read, for one call."""
MOST_CALLS = 40
"""Calls of a sample that are compared with its words: nobody asks for more at once."""
MOST_WORK = 10_000_000
"""The square of a query's characters, times its calls, which is how the work grows. A second or
less.
"""
MOST_TOGETHER = 1000
"""Calls of a sample that are compared with one another."""
MOST_STEPS = 200
"""Steps of a conversation that is run for what it shows."""
MOST_FINDINGS = 200
"""The most findings of one stage about one sample."""


def not_read(stage: str, sample: Sample) -> Finding | None:
    """Return the finding that a sample is too large for a stage to read, if it is."""
    length, calls = len(sample.query), len(sample.answers)
    if calls > MOST_CALLS:
        said = f"there are {calls:,} calls; at most {MOST_CALLS} are compared with the words"
        return Finding(f"{stage}.not_read", said, ("answers",))
    if length > LONGEST_READ or length**2 * calls > MOST_WORK:
        beside = f"{calls} calls" if calls != 1 else "one call"
        said = f"a query of {length:,} characters with {beside} is too long to read"
        return Finding(f"{stage}.not_read", said, ("query",))
    return None


def bounded(stage: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first findings of a stage; if none is an error, also the first error after them."""
    count, failed = 0, False
    for finding in findings:
        count += 1
        error = finding.severity == "error"
        if count <= MOST_FINDINGS or (error and not failed):
            yield finding
        failed = failed or error
        if count > MOST_FINDINGS and failed:
            break
    if count > MOST_FINDINGS:
        said = f"there are more than {MOST_FINDINGS} findings; the rest are not listed"
        yield Finding(f"{stage}.not_read", said)
