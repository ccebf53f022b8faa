"""The policy stage: do the calls follow the labelling policy if the words leave things open?

Its findings are for information: labelling by another policy isn't wrong, but one dataset should
follow one policy. A rule applies only if the words are clear: no place at all for `policy.place`,
one word of degree and no number for `policy.degree`, and one of the policy's own wordings, with no
other wish, for `policy.need`.
"""

from collections.abc import Iterator

from workbench.core.checks.grounding import usable
from workbench.core.checks.policy.degrees import check_degree
from workbench.core.checks.policy.needs import check_needs
from workbench.core.checks.policy.place_defaults import check_places
from workbench.core.checks.policy.shared_rules import PolicyRules
from workbench.core.checks.policy.turns import check_turns
from workbench.core.checks.work_limits import not_read
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding

__all__ = ["PolicyRules", "check_policy"]


def check_policy(sample: Sample, policy: PolicyRules) -> Iterator[Finding]:
    """Yield every finding of the policy stage.

    Samples with format or execution errors are left to those stages; those that grounding doesn't
    read are left out too.
    """
    if sample.is_conversation:
        yield from check_turns(sample, policy)
        return
    left = not_read("policy", sample)
    if left:
        yield left
        return
    calls = [c for i, call in enumerate(sample.answers) if (c := usable(policy.catalog, i, call))]
    if len(calls) != len(sample.answers) or not calls:
        return
    reading = policy.rules.reader.read(sample.query)
    if reading.strange:
        return
    yield from check_places(policy, calls, reading)
    for call in calls:
        values = {repr(other.value) for other in calls if other.prop is call.prop}
        if call.kind == "set" and len(values) == 1:
            yield from check_degree(policy, call, reading)
    yield from check_needs(policy, calls, reading)
