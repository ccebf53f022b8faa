"""The verifier: stages in order, each a function from a sample to findings."""

from collections.abc import Callable, Collection, Iterator, Mapping

from workbench.core.catalog import Catalog
from workbench.core.checks.execution import check_execution
from workbench.core.checks.format import check_format
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Stage, Verdict

STAGES: Mapping[Stage, Callable[[Sample, Catalog], Iterator[Finding]]] = {
    "format": check_format,
    "execution": check_execution,
}


def verify(sample: Sample, catalog: Catalog, stages: Collection[str] | None = None) -> Verdict:
    """Run the stages (all by default) and give all their findings; none ends the check early."""
    findings: list[Finding] = []
    for stage, check in STAGES.items():
        if stages is None or stage in stages:
            findings.extend(check(sample, catalog))
    return Verdict(tuple(findings))
