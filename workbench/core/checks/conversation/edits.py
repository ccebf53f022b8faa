"""Edits that fixes of conversations are made of: taking out a call, a step, or making one first."""

from typing import Any

from workbench.core.checks.conversation.session import Session, Spot, call_path
from workbench.core.samples import ToolCall, step_path, to_item
from workbench.core.verdicts import Edit, Fix


def without_call(session: Session, step: int, call: int) -> Fix | None:
    """Return the fix that leaves out a call, and its step with the last of its calls.

    The words of such a step go to the next one of its turn; None if no step follows.
    """
    what = f"remove call {call + 1} of step {step + 1}"
    if len(session.steps[step].answers) > 1:
        return Fix(what, (Edit("remove", call_path(step, call)),))
    what = f"remove step {step + 1}"
    if session.steps[step].query is None:
        return Fix(what, (Edit("remove", step_path(step)),))
    if step + 1 not in session.turns[session.turn_of[step]]:
        return None
    what = f"remove call {call + 1} of step {step + 1}, which answers at once"
    if step:
        query = Edit("add", (*step_path(step + 1), "query"), session.steps[step].query)
        return Fix(what, (query, Edit("remove", step_path(step))))
    following: dict[str, Any] = to_item(session.sample)["then"][0]
    edits = [Edit("replace", ("answers",), following.get("answers", []))]
    if "reply" in following:
        edits.append(Edit("add", ("reply",), following["reply"]))
    return Fix(what, (*edits, Edit("remove", step_path(1))))


def tried_first(session: Session, step: int, calls: tuple[ToolCall, ...]) -> Fix:
    """Return the fix that makes calls before a reply: as a step of their own, with its words."""
    items = [call_item(call) for call in calls]
    reply = _item(session, step)["reply"]
    what = f"try it first, in step {step + 1}"
    if step == 0:
        edits = (
            Edit("replace", ("answers",), items),
            Edit("remove", ("reply",)),
        )
        return Fix(what, (*edits, _inserted(session, 1, {"reply": reply})))
    query = session.steps[step].query
    own = {"answers": items} if query is None else {"query": query, "answers": items}
    after = _inserted(session, step + 1, {"reply": reply})
    return Fix(what, (Edit("replace", step_path(step), own), after))


def done_instead(step: int, calls: tuple[ToolCall, ...]) -> Fix:
    """Return the fix that makes calls where a step only replies."""
    items = [call_item(call) for call in calls]
    what = f"make {'these calls' if len(calls) > 1 else 'this call'} instead"
    place = step_path(step)
    return Fix(
        what,
        (
            Edit("replace" if step == 0 else "add", (*place, "answers"), items),
            Edit("remove", (*place, "reply")),
        ),
    )


def read_first(session: Session, step: int, spot: Spot) -> Fix | None:
    """Return the fix that reads something in a step before this one, which keeps its calls."""
    prop = session.catalog.properties[spot[0]]
    function = session.catalog.function_for.get(("get", prop.type))
    if function is None or not prop.readable:
        return None
    read = {"name": function.name, "arguments": {"propertyName": spot[0], "areaId": spot[1]}}
    calls = [call_item(call) for call in session.steps[step].answers]
    query = session.steps[step].query
    what = f"read {spot[0]} first"
    if query is None:
        return Fix(what, (Edit("add", step_path(step), {"answers": [read]}),))
    place = (*step_path(step), "answers")
    after = _inserted(session, step + 1, {"answers": calls})
    return Fix(what, (Edit("replace", place, [read]), after))


def call_item(call: ToolCall) -> dict[str, Any]:
    """Return a call as in dataset files."""
    return {"name": call.name, "arguments": dict(call.arguments)}


def _inserted(session: Session, step: int, item: dict[str, Any]) -> Edit:
    if not session.sample.then:
        return Edit("add", ("then",), [item])
    return Edit("add", step_path(step), item)


def _item(session: Session, step: int) -> dict[str, Any]:
    item = to_item(session.sample)
    found: dict[str, Any] = item["then"][step - 1] if step else item
    return found
