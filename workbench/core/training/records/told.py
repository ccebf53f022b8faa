"""What a record tells of a conversation, held against what the car answers."""

from collections.abc import Iterator, Sequence
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.car.results import SUCCESS, unavailable
from workbench.core.car.vehicle import initial_value, run_sample
from workbench.core.car.words import brief
from workbench.core.json import strict as strictjson
from workbench.core.json.text import dumps
from workbench.core.samples import Reply, Sample, StateValue, Step, with_steps
from workbench.core.training.records.dialog import dialog_messages, said_messages
from workbench.core.training.records.reading import DialogStep, read_dialog


def expected_steps(
    sample: Sample, catalog: Catalog, said: int | None = None
) -> tuple[DialogStep, ...]:
    """Return what a sample's record must tell, with the results that the car gives.

    sample: as it is recorded, see `lookups.recorded`. said: which of the things that the assistant
    says or calls it ends with, None for the whole. Raises `ValueError` if there is no such thing.
    """
    messages = dialog_messages(sample, catalog)
    if said is not None:
        each = said_messages(messages)
        if not 0 <= said < len(each):
            raise ValueError(f"it has {len(each)} things said, and no number {said}")
        messages = each[said]
    developer = {"role": "developer", "content": ""}
    line = dumps({"metadata": "train", "tools": [], "messages": [developer, *messages]})
    return read_dialog(line)[1]


def sample_told(steps: Sequence[DialogStep], catalog: Catalog) -> Sample:
    """Return the sample that a record tells, as far as it does: replies have the kind `tell`, and
    the state at the start is what results say of it.
    """
    made = [
        Step(step.query, step.calls, None if step.text is None else Reply("tell", step.text))
        for step in steps
    ]
    state = _state_told(steps, catalog)
    return with_steps(Sample("", (), state=state), made)


def said_last(steps: Sequence[DialogStep]) -> int | None:
    """Return which of the things that the assistant says a record ends with, by its marks; None if
    it is to learn all of them.
    """
    return None if all(step.learnt for step in steps) else len(steps) - 1


def _state_told(steps: Sequence[DialogStep], catalog: Catalog) -> tuple[StateValue, ...]:
    """Return what results say of the state at the start: what is read before it is changed, and
    what must be off where something isn't available.
    """
    first: dict[tuple[str, int], Any] = {}
    for call, text in (pair for s in steps for pair in zip(s.calls, s.results, strict=False)):
        name, area = call.arguments.get("propertyName"), call.arguments.get("areaId")
        result = _parsed(text)
        prop = catalog.properties.get(name) if isinstance(name, str) else None
        if prop is None or type(area) is not int or area not in prop.areas:
            continue
        needed = catalog.dependencies.get(prop.name)
        if unavailable(prop.name, area) in (result.get("error"), result.get("result")):
            other = needed and catalog.properties.get(needed.need)
            if needed and other and area in other.areas and isinstance(needed.value, bool):
                first.setdefault((needed.need, area), not needed.value)
        elif "value" in result:
            first.setdefault((prop.name, area), result["value"])
        elif result.get("result") == SUCCESS:
            first.setdefault((prop.name, area), None)
    told = []
    for (name, area), value in first.items():
        prop = catalog.properties[name]
        if value is not None and value != initial_value(prop, prop.areas[area]):
            told.append(StateValue(name, area, value))
    return tuple(told)


def _parsed(text: str) -> dict[str, Any]:
    """Return a result's fields; none if it isn't a JSON object."""
    try:
        found = strictjson.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def state_after(steps: Sequence[DialogStep], catalog: Catalog) -> tuple[StateValue, ...]:
    """Return the state that the car is in after the steps of a record, as far as these tell it."""
    if not steps:
        return ()
    state = run_sample(sample_told(steps, catalog), catalog)[-1].state
    return tuple(StateValue(name, area, value) for (name, area), value in state.items())


def differences(found: Sequence[DialogStep], expected: Sequence[DialogStep]) -> Iterator[str]:
    """Yield how a record differs from what it must tell, in words."""
    if len(found) != len(expected):
        yield f"it has {len(found)} steps; the signed conversation has {len(expected)} by then"
        return
    for number, (have, want) in enumerate(zip(found, expected, strict=True), start=1):
        for what, one, other in (
            ("what is said to the assistant", have.query, want.query),
            ("the reply", have.text, want.text),
        ):
            if one != other:
                yield f"step {number}: {what} is {brief(one)}, but {brief(other)} was signed"
        if have.learnt != want.learnt:
            marked = "is to be learnt" if have.learnt else "has weight 0"
            yield f"step {number}: it {marked}, against the record's shape"
        if dumps(_calls(have)) != dumps(_calls(want)):
            yield f"step {number}: its calls aren't those that were signed"
        elif len(have.results) != len(want.results):
            yield f"step {number}: it has {len(have.results)} results, not {len(want.results)}"
        for place, (given, true) in enumerate(zip(have.results, want.results, strict=False), 1):
            if given != true:
                yield (
                    f"step {number}, call {place}: its result is {brief(given)}, but the car "
                    f"answers {brief(true)}"
                )


def _calls(step: DialogStep) -> list[list[object]]:
    return [[call.name, call.arguments] for call in step.calls]
