"""Right conversations, broken in one named way each: how many of the faults are found?

`python -m tests.conversation_faults [FILE]` prints that for the conversations of a file. Every
fault can be proved: by running the car, or by what the conversation has shown.
"""

import json
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.car.catalog import Catalog
from workbench.core.checks import Verifier
from workbench.core.checks.conversation.session import Session, run_session
from workbench.core.samples import Sample, from_item

RIGHT = Path(__file__).parent / "conversations" / "right.json"

Item = dict[str, Any]
Fault = Callable[[Item, Session, Catalog], Iterator[Item]]
"""From a right item, yields broken ones; the session is that of the right one."""

FAULTS: dict[str, tuple[str, Fault]] = {}
"""Each kind's name, the code that must be found, and what breaks an item so."""


def fault(name: str, code: str) -> Callable[[Fault], Fault]:
    def note(breaks: Fault) -> Fault:
        FAULTS[name] = (code, breaks)
        return breaks

    return note


def broken(item: Item, catalog: Catalog) -> Iterator[tuple[str, str, Sample]]:
    """Yield every fault of an item: its kind, the code to be found, and the broken sample."""
    session = run_session(from_item(item), catalog)
    for name, (code, breaks) in FAULTS.items():
        for other in breaks(item, session, catalog):
            yield name, code, from_item(other)


def step_at(item: Item, step: int) -> Item:
    return item["then"][step - 1] if step else item


def insert(item: Item, step: int, one: Item) -> None:
    """Put a step before another; the words of a turn stay at its beginning."""
    at = step_at(item, step) if step <= len(item.get("then", [])) else {}
    if "query" in at and "query" not in one:
        moved = {key: at.pop(key) for key in ("answers", "reply") if key in at}
        at |= {"answers": []} | one
        item.setdefault("then", []).insert(step, moved)
    else:
        item.setdefault("then", []).insert(step - 1, one)


def append(item: Item, *steps: Item) -> Item:
    item.setdefault("then", []).extend(steps)
    return item


def remove_turn(item: Item, turn: range) -> Item | None:
    """Leave out a turn; None if it's the only one."""
    steps = [step_at(item, index) for index in range(1 + len(item.get("then", [])))]
    kept = [step for index, step in enumerate(steps) if index not in turn]
    if not kept or len(kept) == len(steps):
        return None
    first, *rest = kept
    made = {"query": first["query"], "answers": first.get("answers", [])}
    made |= {"reply": first["reply"]} if "reply" in first else {}
    made |= {"state": item["state"]} if "state" in item else {}
    return made | ({"then": rest} if rest else {})


def other_values(name: str, area: int, catalog: Catalog) -> list[Any]:
    """Return some legal values of a property."""
    prop = catalog.properties[name]
    where = prop.areas[area]
    if prop.type == "Boolean":
        return [True, False]
    if where.values:
        return list(where.values)
    if where.minimum is None or where.maximum is None:
        return []
    middle = (where.minimum + where.maximum) / 2
    kind = float if prop.type == "Float" else int
    return [kind(where.minimum), kind(middle), kind(where.maximum)]


def getter(name: str, area: int, catalog: Catalog) -> Item:
    function = catalog.function_for["get", catalog.properties[name].type]
    return {"name": function.name, "arguments": {"propertyName": name, "areaId": area}}


def setter(name: str, area: int, value: Any, catalog: Catalog) -> Item:
    function = catalog.function_for["set", catalog.properties[name].type]
    arguments = {"propertyName": name, "areaId": area, "value": value}
    return {"name": function.name, "arguments": arguments}


def replies(item: Item, kind: str) -> Iterator[tuple[int, Item]]:
    for step in range(1 + len(item.get("then", []))):
        reply = step_at(item, step).get("reply")
        if reply and reply["kind"] == kind:
            yield step, reply


# ---------------------------------------------------------------- refusals


@fault("a refusal of what the car would do", "conversation.needless_refusal")
def _served(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "refuse"):
        if reply["because"] != "execution.value_out_of_range":
            continue
        other = deepcopy(item)
        arguments = step_at(other, step)["reply"]["wanted"][0]["arguments"]
        values = other_values(arguments["propertyName"], arguments["areaId"], catalog)
        arguments["value"] = values[1]
        prop = catalog.properties[arguments["propertyName"]]
        if session.car(step).available(prop, prop.areas[arguments["areaId"]]):
            yield other


@fault("a refusal because of a state that isn't so", "conversation.needless_refusal")
def _available(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for _, reply in replies(item, "refuse"):
        if reply["because"] == "execution.unavailable" and "state" in item:
            other = deepcopy(item)
            del other["state"]
            yield other


@fault("a refusal for another reason", "conversation.wrong_reason")
def _reason(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "refuse"):
        for code in ("execution.unsupported_area", "execution.not_readable"):
            if reply.get("wanted") and reply["because"] != code:
                other = deepcopy(item)
                step_at(other, step)["reply"]["because"] = code
                yield other


@fault("a refusal without having tried", "conversation.unseen_reason")
def _untried(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "refuse"):
        tried = step_at(item, step - 1).get("answers") if step else None
        if tried and tried == reply.get("wanted"):
            other = deepcopy(item)
            before = step_at(other, step - 1)
            before["reply"] = reply
            if step == 1:
                before["answers"] = []
            else:
                del before["answers"]
            del other["then"][step - 1]
            yield other


@fault("a refusal whose evidence wasn't looked at", "conversation.unseen_reason")
def _evidence(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "refuse"):
        turn = session.turn_of[step]
        if reply["because"] == "execution.unavailable" and turn and "query" in step_at(item, step):
            before = session.turns[turn - 1]
            if not session.changed(before.start, before.stop):
                other = remove_turn(deepcopy(item), before)
                if other:
                    yield other


# ---------------------------------------------------------------- questions


@fault("an option that the car would refuse", "conversation.invalid_option")
def _option(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "ask"):
        for number in range(len(reply["options"])):
            other = deepcopy(item)
            call = step_at(other, step)["reply"]["options"][number][0]
            call["arguments"]["areaId"] = 2
            yield other


@fault("two options that are one", "conversation.same_options")
def _same(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, _ in replies(item, "ask"):
        other = deepcopy(item)
        options = step_at(other, step)["reply"]["options"]
        options[1] = deepcopy(options[0])
        yield other


@fault("a change before its question is answered", "conversation.acted_early")
def _early(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "ask"):
        for option in reply["options"]:
            if "value" in option[0]["arguments"]:
                other = deepcopy(item)
                insert(other, step, {"answers": deepcopy(option)})
                yield other


@fault("an answer that wasn't offered", "conversation.other_answer")
def _other(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, reply in replies(item, "ask"):
        following = step_at(item, step + 1) if step < len(item.get("then", [])) else {}
        words = following.get("query", "").lower()
        if len(words.split()) > 4 or "neither" in words or "actually" in words:
            continue  # it may want something else
        offered = [call for option in reply["options"] for call in option]
        areas = {call["arguments"]["areaId"] for call in offered}
        for index, call in enumerate(following.get("answers", [])):
            prop = catalog.properties[call["arguments"]["propertyName"]]
            for area in set(prop.areas) - areas:
                other = deepcopy(item)
                step_at(other, step + 1)["answers"][index]["arguments"]["areaId"] = area
                yield other


# ---------------------------------------------------------------- reads


@fault("a read of what has just been read", "conversation.needless_read")
def _again(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in session.seen:
        prop = catalog.properties[one.spot[0]]
        if prop.readable and not prop.changes_itself:
            other = deepcopy(item)
            read = {"answers": [getter(*one.spot, catalog)]}
            if one.step + 1 > len(item.get("then", [])):
                yield append(other, read)
            elif "query" not in step_at(item, one.step + 1):
                insert(other, one.step + 1, read)
                yield other


@fault("a question that is read and not answered", "conversation.unanswered")
def _silent(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for step, _ in replies(item, "tell"):
        turn = session.turns[session.turn_of[step]]
        reads = any(one.step in turn and not one.changed for one in session.seen)
        if reads and not session.changed(turn.start, turn.stop) and len(session.steps) > 2:
            other = deepcopy(item)
            del other["then"][step - 1]
            yield other


@fault("a read that comes too late to be used", "conversation.unused_read")
def _late(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for turn in session.turns:
        last = turn[-1]
        if session.changed(last, last + 1):
            other = deepcopy(item)
            other_read = getter("INFO_MODEL", 0, catalog)
            step_at(other, last)["answers"].append(other_read)
            yield other


@fault("an answer that nobody has looked up", "conversation.unfounded_reply")
def _invented(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    """Leave out what the first turn reads, where it only reads and tells."""
    turn = session.turns[0]
    told = len(turn) == 2 and step_at(item, 1).get("reply", {}).get("kind") == "tell"
    if told and not session.changed(0, 2) and not session.refused:
        other = deepcopy(item)
        other["answers"] = []
        other["reply"] = other["then"].pop(0)["reply"]
        yield other


# ---------------------------------------------------------------- changes


@fault("a change to what is known to be so", "conversation.needless_change")
def _no_change(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in session.changes:
        later = session.changed(one.step + 1, len(session.steps))
        if not any(each.spot == one.spot for each in later):
            call = setter(*one.spot, one.after, catalog)
            yield append(deepcopy(item), {"query": "and then", "answers": [call]})


@fault("a place set twice for one request", "conversation.changed_twice")
def _twice(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in session.changes:
        for value in other_values(*one.spot, catalog):
            if value not in (one.after, one.before):
                other = deepcopy(item)
                first = setter(*one.spot, value, catalog)
                insert(other, one.step, {"answers": [first]})
                yield other


@fault("calls together that need each other", "execution.unavailable")
def _together(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    needs = {one.need for one in catalog.dependencies.values()}
    for one in session.changes:
        step = one.step + 1
        if one.spot[0] not in needs or one.after is not True or step >= len(session.steps):
            continue
        after = step_at(item, step)
        if after.get("answers") and "query" not in after:
            other = deepcopy(item)
            step_at(other, one.step)["answers"] += after["answers"]
            del other["then"][step - 1]
            yield other


@fault("more than ten rounds", "conversation.too_many_rounds")
def _rounds(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    other = deepcopy(item)
    names: list[Any] = [p for p in catalog.properties.values() if p.readable and p.static]
    names += [p for p in catalog.properties.values() if p.continuous][: 11 - len(names)]
    for prop in names:
        append(other, {"answers": [getter(prop.name, next(iter(prop.areas)), catalog)]})
    if "reply" not in step_at(item, len(item.get("then", []))):
        yield other


# ---------------------------------------------------------------- values that were worked out


@fault("a relative wish that reads nothing", "conversation.unseen_start")
def _unread(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in _relative(session):
        if one.known and not one.known.changed and one.known.step == one.step - 1:
            step = one.known.step
            other = deepcopy(item)
            first = step_at(other, step)
            if len(first["answers"]) == 1 and "query" in first:
                first["answers"] = step_at(other, one.step)["answers"]
                del other["then"][one.step - 1]
                if other["then"] or "state" in other:
                    yield other


@fault("a relative wish from a value that has changed", "conversation.stale_value")
def _stale(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in _relative(session):
        area = catalog.properties[one.spot[0]].areas[one.spot[1]]
        history = session.history(one.spot, len(session.steps))
        old, now = one.known.value, history[-1].value
        up = 1 if one.after > old else -1
        far = old + up * _SIZES[one.spot[0]]
        inside = area.minimum < far < area.maximum and area.minimum < far + now - old < area.maximum
        if now != old and inside and far not in [each.value for each in history]:
            call = setter(*one.spot, far, catalog)
            yield append(deepcopy(item), {"query": "a lot more of that", "answers": [call]})


_SIZES = {
    "HVAC_TEMPERATURE_SET": 3.0,
    "HVAC_FAN_SPEED": 2,
    "WINDOW_POS": 5,
    "SEAT_FORE_AFT_POS": 5,
    "EV_CHARGE_PERCENT_LIMIT": 20.0,
}


def _relative(session: Session) -> Iterator[Any]:
    """Yield the changes by a relative wish: what was read, one step or so further."""
    for one in session.changes:
        size = _SIZES.get(one.spot[0])
        words = session.steps[session.turns[session.turn_of[one.step]].start].query or ""
        relative = any(f"{word} " in f"{words} " for word in _RELATIVE)
        if size and one.known and relative and 0 < abs(one.after - one.known.value) <= size:
            yield one


_RELATIVE = ("warmer", "up", "more", "raise", "back a bit", "further")


# ---------------------------------------------------------------- undoing


def _undone(session: Session) -> Iterator[Any]:
    """Yield the changes by which something is put back to what was seen before."""
    for one in session.changes:
        words = session.steps[session.turns[session.turn_of[one.step]].start].query or ""
        earlier = [each.value for each in session.history(one.spot, one.step)[:-1]]
        if one.after in earlier and any(said in words for said in _TAKES_BACK):
            yield one


_TAKES_BACK = (
    *("put it back", "put mine back", "change it back", "back to how", "back to where", "undo"),
    *("no, I meant", "like it was"),
)


@fault("undoing to another value", "conversation.undo_value")
def _undo_value(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in _undone(session):
        if one.after in _stated(session, one.step):
            continue
        for value in other_values(*one.spot, catalog):
            if value not in (one.after, one.before):
                other = deepcopy(item)
                call = step_at(other, one.step)["answers"][one.call]
                call["arguments"]["value"] = value
                yield other


@fault("undoing nothing, although it can be", "conversation.undo_value")
def _undo_left(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in _undone(session):
        turn = session.turns[session.turn_of[one.step]]
        words = session.steps[turn.start].query or ""
        last = session.changed(0, one.step)[-1].spot
        if len(turn) > 1 or last != one.spot or "meant" in words:
            continue
        if one.after not in _stated(session, one.step):
            other = deepcopy(item)
            step = step_at(other, one.step)
            del step["answers"]
            step["reply"] = {"kind": "tell", "text": "I don't know what it was."}
            yield other


@fault("undoing to what nobody has seen", "conversation.undo_unseen")
def _undo_unseen(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in _undone(session):
        if one.after in _stated(session, one.step):
            continue
        reads = [each for each in session.history(one.spot, one.step) if not each.changed]
        if not reads:
            continue
        turn = session.turns[session.turn_of[reads[0].step]]
        if len(reads) == 1 and not session.changed(turn.start, turn.stop):
            other = remove_turn(deepcopy(item), turn)
            if other:
                yield other


@fault("undoing with something else besides", "conversation.touched")
def _touched(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for one in _undone(session):
        words = session.steps[session.turns[session.turn_of[one.step]].start].query or ""
        if "meant" in words or " and " in words or one.after in _stated(session, one.step):
            continue
        other = deepcopy(item)
        more = setter("HAZARD_LIGHTS_SWITCH", 0, 1, catalog)
        step_at(other, one.step)["answers"].append(more)
        yield other


def _stated(session: Session, step: int) -> set[float]:
    words = session.steps[session.turns[session.turn_of[step]].start].query or ""
    return {float(word) for word in words.split() if word.isdigit()}


# ---------------------------------------------------------------- one form for one meaning


@fault("a state in another order", "format.state_order")
def _order(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    other = deepcopy(item)
    other["state"] = [*item.get("state", []), ["CABIN_LIGHTS_SWITCH", 0, 1]]
    if len({name for name, *_ in other["state"]}) > 1 and not _lit(item):
        yield other


def _lit(item: Item) -> bool:
    return any(name == "CABIN_LIGHTS_SWITCH" for name, *_ in item.get("state", []))


@fault("a state that says what is so anyway", "format.redundant_state")
def _redundant(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    other = deepcopy(item)
    other["state"] = [["CABIN_LIGHTS_SWITCH", 0, 256], *item.get("state", [])]
    if not _lit(item):
        yield other


@fault("going on after a reply without words", "format.no_words")
def _wordless(item: Item, session: Session, catalog: Catalog) -> Iterator[Item]:
    for kind in ("ask", "tell"):
        for step, _ in replies(item, kind):
            if step < len(item.get("then", [])):
                other = deepcopy(item)
                other["then"][step].pop("query", None)
                yield other


def measure(items: list[Item], verifier: Verifier) -> dict[str, tuple[int, int]]:
    """Return, for each kind of fault, how many there are and how many are found."""
    counts = dict.fromkeys(FAULTS, (0, 0))
    for item in items:
        for name, code, sample in broken(item, verifier.catalog):
            made, found = counts[name]
            hit = any(finding.code == code for finding in verifier.verify(sample).findings)
            counts[name] = (made + 1, found + hit)
    return counts


def main(path: Path = RIGHT) -> None:
    verifier = load_verifier(CatalogFiles(), ("format", "execution", "conversation"))
    items = json.loads(path.read_bytes())
    suspected = [i for i, item in enumerate(items) if verifier.verify(from_item(item)).findings]
    counts = measure(items, verifier)
    for name, (made, found) in counts.items():
        print(f"{found:4} of {made:4}  {name}")
    made, found = (sum(pair[i] for pair in counts.values()) for i in (0, 1))
    print(f"{found:4} of {made:4}  in all, of {len(FAULTS)} kinds")
    print(f"{len(suspected):4} of {len(items):4}  right ones suspected {suspected or ''}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
