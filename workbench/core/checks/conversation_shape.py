"""The shape of a conversation: what a step, a reply and a first state must have to be ones."""

from collections.abc import Iterator

from workbench.core.car.call_rules import convert, json_type, value_findings
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import as_kept, initial_value
from workbench.core.car.words import brief, describe, with_article
from workbench.core.samples import REPLY_KINDS, Path, Reply, Sample, StateValue, step_path
from workbench.core.verdicts import Edit, Finding, Fix

OUT_OF_SCOPE = "out_of_scope"
"""Why something is refused that nothing in the catalogue has to do with."""


def check_shape(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield what is wrong with the steps, replies and first state of a conversation."""
    yield from _check_state(sample, catalog)
    before: Reply | None = None
    for index, step in enumerate(sample.steps):
        place = step_path(index)
        if step.query is None and before is not None:
            said = "the assistant has had its say; what comes next begins with words"
            yield Finding("format.no_words", said, place)
        if not step.answers and step.reply is None:
            said = f"step {index + 1} has neither calls nor a reply"
            fix = None
            if index and step.query is None:
                fix = Fix(f"remove step {index + 1}", (Edit("remove", place),))
            yield Finding("format.empty_step", said, place or ("answers",), fix)
        if step.answers and step.reply is not None:
            said = f"step {index + 1} has calls and a reply; a reply is a step of its own"
            yield Finding("format.calls_and_reply", said, (*place, "reply"))
        if step.reply is not None:
            yield from _check_reply(step.reply, (*place, "reply"))
        before = step.reply


def _check_reply(reply: Reply, place: Path) -> Iterator[Finding]:
    if reply.kind not in REPLY_KINDS:
        said = f"there is no kind of reply {brief(reply.kind)}; there are {', '.join(REPLY_KINDS)}"
        yield Finding("format.unknown_reply", said, (*place, "kind"))
    if not any(map(str.isalnum, reply.text)):
        yield Finding("format.empty_reply", "the reply has no words", (*place, "text"))
    asks, refuses = reply.kind == "ask", reply.kind == "refuse"
    if asks and (len(reply.options) < 2 or not all(reply.options)):
        said = "a question offers two things at least, each with the calls that it stands for"
        yield Finding("format.reply_parts", said, (*place, "options"))
    if refuses and not reply.because:
        said = f'a refusal says because of what: a code, or "{OUT_OF_SCOPE}"'
        yield Finding("format.reply_parts", said, (*place, "because"))
    elif refuses and (reply.because == OUT_OF_SCOPE) == bool(reply.wanted):
        said = (
            "what is out of scope can't be called, so there is no wanted call"
            if reply.wanted
            else "a refusal names the calls that the car would refuse, as wanted"
        )
        yield Finding("format.reply_parts", said, (*place, "wanted"))
    for key, value, fits in (
        ("options", reply.options, asks),
        ("wanted", reply.wanted, refuses),
        ("because", reply.because, refuses),
    ):
        if value and not fits and reply.kind in REPLY_KINDS:
            fix = Fix(f"remove {key}", (Edit("remove", (*place, key)),))
            said = f"a reply of kind {reply.kind} has no {key}"
            yield Finding("format.reply_parts", said, (*place, key), fix)


def _check_state(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    seen: set[tuple[str, int]] = set()
    for index, one in enumerate(sample.state):
        place: Path = ("state", index)
        objection = _why_not(one, catalog)
        if objection:
            yield Finding("format.state", f"state: {objection}", place)
            continue
        prop = catalog.properties[one.property]
        fix = Fix(f"remove {one.property} from the state", (Edit("remove", place),))
        if (one.property, one.area) in seen:
            said = f"state: {one.property} in area {one.area} is there twice"
            yield Finding("format.state", said, place, fix)
        elif as_kept(one.value, prop) == initial_value(prop, prop.areas[one.area]):
            said = f"{one.property} is {brief(one.value)} in area {one.area} anyway"
            yield Finding("format.redundant_state", said, place, fix)
        seen.add((one.property, one.area))
    yield from _check_order(sample.state, catalog)


def _check_order(state: tuple[StateValue, ...], catalog: Catalog) -> Iterator[Finding]:
    """Look at the order of the state, since another order would be another id."""
    spots = (
        (name, area)
        for name, prop in (catalog.properties.items() if len(state) > 1 else ())
        for area in prop.areas
    )
    order = {spot: at for at, spot in enumerate(spots)}
    places = [order.get((one.property, one.area), len(order)) for one in state]
    wrong = next((at for at in range(1, len(places)) if places[at] < places[at - 1]), None)
    if wrong is None:
        return
    ordered = sorted(state, key=lambda one: order.get((one.property, one.area), len(order)))
    items = [[one.property, one.area, one.value] for one in ordered]
    fix = Fix("put the state in the catalogue's order", (Edit("replace", ("state",), items),))
    said = f"state: in the catalogue, {state[wrong].property} comes before what is ahead of it here"
    yield Finding("format.state_order", said, ("state", wrong), fix)


def _why_not(one: StateValue, catalog: Catalog) -> str:
    prop = catalog.properties.get(one.property)
    if prop is None:
        return f"the vehicle has no property {brief(one.property)}"
    area = prop.areas.get(one.area)
    if area is None:
        return f"{prop.name} has no area {brief(one.area)}"
    wanted = json_type(prop)
    if wanted == "integer" and type(one.value) is not int:
        return f"{prop.name} is {with_article(wanted)}, not {describe(one.value)}"
    if wanted and convert(one.value, wanted) is not None:
        return f"{prop.name} is {with_article(wanted)}, not {describe(one.value)}"
    path: Path = ("value",)
    found = (f for f in value_findings(one.value, prop, area, path) if f.severity == "error")
    return next((finding.message for finding in found), "")
