"""The verifier: stages in order, each a function from a sample to findings."""

from collections.abc import Callable, Collection, Iterator, Mapping

from workbench.core.catalog import Catalog
from workbench.core.checks.execution import check_execution
from workbench.core.checks.format import check_format
from workbench.core.checks.grounding import check_grounding
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Stage, Verdict


def _check_policy(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    # Imported here: it takes the grammar along, which most runs do without.
    from workbench.core.checks.policy import check_policy

    return check_policy(sample, catalog)


STAGES: Mapping[Stage, Callable[[Sample, Catalog], Iterator[Finding]]] = {
    "format": check_format,
    "execution": check_execution,
    "grounding": check_grounding,
    "policy": _check_policy,
}

PLAIN_STAGES: tuple[Stage, ...] = ("format", "execution")
"""What needs no words: whether the calls are legal, not whether they are asked for."""

DEFAULT_STAGES: tuple[Stage, ...] = ("format", "execution", "grounding")
"""What is run unless asked otherwise."""

WORDY_STAGES: frozenset[Stage] = frozenset({"grounding", "policy"})
"""What needs a catalogue with policy and lexicon."""


def verify(sample: Sample, catalog: Catalog, stages: Collection[str] | None = None) -> Verdict:
    """Run the stages and give all their findings; none ends the check early.

    stages: by default those of `DEFAULT_STAGES`, but for what a catalogue without words (see
    `workbench.adapters.catalogs.with_words`) does not allow: reading takes 20 times as long as
    the rest, and a generator that filters its own samples does without.
    """
    if stages is None:
        stages = DEFAULT_STAGES if catalog.lexicon else PLAIN_STAGES
    findings: list[Finding] = []
    for stage, check in STAGES.items():
        if stage in stages:
            findings.extend(check(sample, catalog))
    return Verdict(tuple(findings))
