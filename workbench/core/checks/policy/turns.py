"""Conversations: what the policy says of each turn that brings up something new."""

from collections.abc import Iterator

from workbench.core.car.vehicle import run_sample
from workbench.core.checks.grounding.relative_wishes import relative_wish
from workbench.core.checks.grounding.turn_words import read_turn
from workbench.core.checks.grounding.turns import calls_of_turn, relocated
from workbench.core.checks.policy.degrees import check_degree
from workbench.core.checks.policy.needs import check_needs
from workbench.core.checks.policy.place_defaults import check_places
from workbench.core.checks.policy.shared_rules import PolicyRules
from workbench.core.checks.work_limits import LONGEST_READ, MOST_CALLS
from workbench.core.reading.reader import DRIVER
from workbench.core.samples import Sample, turns
from workbench.core.verdicts import Finding


def check_turns(sample: Sample, policy: PolicyRules) -> Iterator[Finding]:
    """Yield what the policy says of the turns of a conversation.

    What was spoken of before is left out: its place and value are said by what went before.
    """
    outcomes = run_sample(sample, policy.catalog)
    spoken: set[str] = set()
    speaker = DRIVER
    for steps in turns(sample):
        words = sample.steps[steps.start].query
        calls = calls_of_turn(sample, outcomes, steps, policy.rules)
        if calls is None or not words or len(words) > LONGEST_READ:
            continue
        made = [one for one in calls.made if one.index not in calls.preparing]
        new = [one for one in (*made, *calls.wanted) if one.prop.name not in spoken]
        spoken |= {one.prop.name for one in (*calls.made, *calls.wanted, *calls.offered)}
        said = read_turn(policy.rules, words, speaker)
        if said.reading.strange:
            continue
        speaker = said.reading.speaker
        refers = said.condition or said.undoes or said.repeats or said.corrects
        if not new or len(calls.paths) > MOST_CALLS or refers or calls.offered:
            continue
        size = len(said.reading.text.tokens)
        found = list(check_places(policy, new, said.reading))
        for call in new:
            values = {repr(other.value) for other in new if other.prop is call.prop}
            wish = relative_wish(
                policy.rules, policy.policy.amounts, call.prop, call.area, said.main, 0, size
            )
            if call.kind == "set" and len(values) == 1 and wish is None:
                found += check_degree(policy, call, said.reading)
        found += check_needs(policy, new, said.reading)
        for finding in found:
            yield relocated(finding, calls.paths, steps.start)
