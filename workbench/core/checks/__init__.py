"""The verifier: stages in order, each a function from a sample to findings."""

from collections.abc import Callable, Collection, Iterator, Mapping

from workbench.core.catalog import Catalog
from workbench.core.checks.execution import check_execution
from workbench.core.checks.format import check_format
from workbench.core.checks.grounding import check_grounding
from workbench.core.checks.policy import check_policy
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Stage, Verdict

STAGES: Mapping[Stage, Callable[[Sample, Catalog], Iterator[Finding]]] = {
    "format": check_format,
    "execution": check_execution,
    "grounding": check_grounding,
    "policy": check_policy,
}

DEFAULT_STAGES: tuple[Stage, ...] = ("format", "execution")
"""What is run unless asked otherwise. Grounding is asked for: its warnings may be wrong."""

WORDY_STAGES: frozenset[Stage] = frozenset({"grounding", "policy"})
"""What needs a catalogue with policy and lexicon."""


def verify(sample: Sample, catalog: Catalog, stages: Collection[str] | None = None) -> Verdict:
    """Run the stages and give all their findings; none ends the check early.

    stages: by default those of `DEFAULT_STAGES`.
    """
    findings: list[Finding] = []
    for stage, check in STAGES.items():
        if stage in (DEFAULT_STAGES if stages is None else stages):
            findings.extend(check(sample, catalog))
    return Verdict(tuple(findings))
