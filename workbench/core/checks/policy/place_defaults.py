"""Places: where a request that names no place is served."""

from collections.abc import Collection, Iterator, Sequence

from workbench.core.car.policy import areas_without_place
from workbench.core.checks.grounding.shared_rules import CheckedCall, requests_of
from workbench.core.checks.policy.shared_rules import PolicyRules, places_words, why_words
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.verdicts import Edit, Finding, Fix

_SEVERAL = frozenset(["all", "both", "every", "each", "everything", "these", "those", "them"])


def check_places(
    policy: PolicyRules, calls: Sequence[CheckedCall], reading: QueryReading
) -> Iterator[Finding]:
    """Compare the calls of a query without any place with the policy's places, by property."""
    if policy.may_name_a_place(reading):
        return
    for name, kind in dict.fromkeys((call.prop.name, call.kind) for call in calls):
        mine = [call for call in calls if call.prop.name == name and call.kind == kind]
        prop = mine[0].prop
        requests = [
            r for r in requests_of(name, reading) if name in r.mention.names | r.mention.asks
        ]
        if not requests or len(prop.areas) == 1:
            continue
        default = areas_without_place(policy.policy, policy.catalog, prop, kind)
        if len(default) == 1 and _names_several(requests, reading):
            continue
        if len(default) > 1 and {"my", "mine"} & {token.word for token in reading.text.tokens}:
            continue
        if {call.area.id for call in mine} != set(default):
            yield from _misplaced(policy, mine, default)


def _names_several(requests: Sequence[RequestSpan], reading: QueryReading) -> bool:
    """Whether more than one thing is named: "the windows", "both", "every"."""
    words = [token.word for token in reading.text.tokens]
    mentioned = [word for r in requests for word in words[r.mention.begin : r.mention.end]]
    return bool(_SEVERAL & set(words)) or any(w.endswith("s") and w[-2:] != "ss" for w in mentioned)


def _misplaced(
    policy: PolicyRules, calls: Sequence[CheckedCall], default: Collection[int]
) -> Iterator[Finding]:
    prop = calls[0].prop
    rule = policy.policy.places.get(prop.name, policy.policy.default_place)
    meant = "every place" if set(default) == set(prop.areas) else places_words(prop, default)
    answer = f"no place is named; the policy says {meant}{why_words(rule.why)}"
    wrong = [call for call in calls if call.area.id not in default]
    missing = [area for area in default if area not in {call.area.id for call in calls}]
    for call in wrong:
        path = (*call.path, "arguments", "areaId")
        fix = None
        if len(wrong) == len(missing) == 1:
            fix = Fix(f"areaId: {missing[0]}", (Edit("replace", path, missing[0]),))
        elif not missing:
            fix = Fix(f"remove call {call.index + 1}", (Edit("remove", call.path),))
        yield Finding("policy.place", f"{answer}, not {call.area.words}", path, fix)
    if not wrong:
        message = f"{answer}, but no call is for {places_words(prop, missing)}"
        yield Finding("policy.place", message, ("answers",), _added(calls, missing))


def _added(calls: Sequence[CheckedCall], areas: Sequence[int]) -> Fix | None:
    """Return a fix that adds the missing calls, if all do the same."""
    if len({repr(call.value) for call in calls}) != 1:
        return None
    last = calls[-1]
    edits = tuple(
        Edit(
            "add",
            ("answers", last.index + 1 + number),
            {"name": last.call.name, "arguments": {**last.call.arguments, "areaId": area}},
        )
        for number, area in enumerate(areas)
    )
    return Fix(f"add {len(areas)} call{'s' if len(areas) > 1 else ''}", edits)
