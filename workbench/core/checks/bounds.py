"""What one item may cost: beyond these bounds a stage stops, and a finding says what it left."""

from collections.abc import Iterable, Iterator

from workbench.core.samples import Sample
from workbench.core.verdicts import Finding

MAX_QUERY = 1000
"""Characters; a minute and a half of speech."""
LONGEST_READ = 4 * MAX_QUERY
"""Characters of a query whose words are read, for one call."""
MOST_CALLS = 40
"""Calls of a sample that are held against its words: nobody asks for more at once."""
MOST_WORK = 10_000_000
"""The square of a query's characters, times its calls: so the work grows. A second or less."""
MOST_TOGETHER = 1000
"""Calls of a sample that are held against one another."""
MOST_FINDINGS = 200
"""Of one stage about one sample."""


def not_read(stage: str, sample: Sample) -> Finding | None:
    """Say that a stage does not read a sample's words: nobody speaks so long, or asks so much."""
    length, calls = len(sample.query), len(sample.answers)
    if calls > MOST_CALLS:
        said = f"there are {calls:,} calls; {MOST_CALLS} are held against the words at most"
        return Finding(f"{stage}.not_read", said, ("answers",))
    if length > LONGEST_READ or length**2 * calls > MOST_WORK:
        beside = f"{calls} calls" if calls != 1 else "one call"
        said = f"a query of {length:,} characters with {beside} is too long to be read"
        return Finding(f"{stage}.not_read", said, ("query",))
    return None


def bounded(stage: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first findings of a stage, and an error beyond them where they have none."""
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
        said = f"there are more than {MOST_FINDINGS} findings; the rest is not listed"
        yield Finding(f"{stage}.not_read", said)
