"""The calls of a sample, a line for each, with what was found about it below."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from workbench.app.glyphs import SEVERITIES, plainly
from workbench.app.review.describe.gauge import OUTSIDE, gauge
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled, wrapped
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.results import SUCCESS
from workbench.core.car.vehicle import CallOutcome, Vehicle
from workbench.core.car.words import brief, call_words, is_said, state_words
from workbench.core.samples import Sample, ToolCall, step_of
from workbench.core.text.excerpts import NAME, shown
from workbench.core.text.plain import visible
from workbench.core.verdicts import Finding, Fix

_GAP = "  "
_LEAD = 3
"""Cells before what a call does: its number and two blanks."""
_KIND = 5
"""Cells of `set` or `read`, with the blanks after it."""
_WIDEST = 34
"""Cells of a column; what is longer doesn't push the others aside."""
_KNOWN = ("propertyName", "areaId", "value")


class _CallParts(NamedTuple):
    """What a call does: to what, where, with which value, and where that is on its scale."""

    kind: Text
    label: Text
    place: Text
    value: Text
    scale: Text


class CallLayout(NamedTuple):
    """How calls below each other are drawn.

    columns: cells of kind, label and place. lead: cells before the kind, for a call's number.
    numbered: whether that is there. changes: whether values stand with what they were before.
    close: whether a scale is left out where it needs a line of its own, unless a value is outside.
    """

    columns: tuple[int, int, int]
    lead: int = _LEAD
    numbered: bool = True
    changes: bool = False
    close: bool = False


def layout_of(
    calls: Sequence[ToolCall],
    catalog: Catalog,
    look: DetailLook,
    *,
    lead: int = _LEAD,
    kind: int = _KIND,
    changes: bool = False,
) -> CallLayout:
    """Return the layout in which these calls stand in columns. kind: cells for what is done."""
    nothing = CallOutcome({})
    known = [_parts(call, nothing, catalog, look, changes=False) for call in calls]
    label, place = (
        max((min(part[at].cell_len, _WIDEST) for part in known if part), default=0) for at in (1, 2)
    )
    return CallLayout((kind, label, place), lead, lead > 0, changes)


def call_lines(
    calls: Sequence[ToolCall],
    below: Mapping[int | None, Sequence[DetailLine]],
    catalog: Catalog,
    look: DetailLook,
) -> list[DetailLine]:
    """Describe calls. below: lines that belong below each, by its index."""
    vehicle = Vehicle(catalog)
    layout = layout_of(calls, catalog, look)
    lines: list[DetailLine] = []
    for index, call in enumerate(calls):
        item = f"call {index + 1}"
        lines += one_call(call, vehicle.run(call), index + 1, layout, catalog, look, item)
        lines += below.get(index, ())
        if look.details:
            lines += call_details(call, catalog, look)
    return lines


def one_call(
    call: ToolCall,
    outcome: CallOutcome,
    number: int,
    layout: CallLayout,
    catalog: Catalog,
    look: DetailLook,
    item: str,
) -> list[DetailLine]:
    """Describe a call in a line, or in several where that is too wide. item: see `DetailLine`."""
    parts = _parts(call, outcome, catalog, look, changes=layout.changes)
    told = str(number) if layout.numbered else ""
    head = styled(told.ljust(layout.lead), look.styles["muted"])
    if parts is None:
        text = head + Text(visible(call_words(call)), look.styles["error"])
        lines = wrapped(text, look, item)
    else:
        lines = _drawn(head, parts, layout, look, item)
    for extra in _extra(call) if outcome.listed is None else ():
        words = styled(f"{' ' * layout.lead}{extra}", look.styles["warning"])
        lines += wrapped(words, look, item)
    return lines


def _drawn(
    number: Text, parts: _CallParts, layout: CallLayout, look: DetailLook, item: str
) -> list[DetailLine]:
    """Draw a call in columns, or close together; where that is too wide, on several lines."""
    columns = layout.columns
    left_out = look.low or (layout.close and not parts.scale.plain.startswith(OUTSIDE))
    scaled = bool(parts.scale) and not left_out
    head = number + _padded(parts.kind, columns[0])
    place = _padded(parts.place, columns[2])
    line = head + _padded(parts.label, columns[1]) + Text(_GAP) + place + Text(_GAP) + parts.value
    line.rstrip()
    lead = Text(" " * head.cell_len)
    first = head + parts.label
    close = first + Text(_GAP) + parts.place + Text(_GAP) + parts.value
    for drawn in (line, close):
        room = look.width - drawn.cell_len
        if parts.scale and parts.scale.cell_len + len(_GAP) <= room:
            return [DetailLine(drawn + Text(_GAP) + parts.scale, item)]
        if room >= 0 and not scaled:
            return [DetailLine(drawn, item)]
        if room >= 0:
            at = min(drawn.cell_len - parts.value.cell_len, look.width - parts.scale.cell_len)
            return [DetailLine(drawn, item), DetailLine(Text(" " * at) + parts.scale, item)]
    placed = first + Text(_GAP) + parts.place
    if placed.cell_len <= look.width:
        lines = [DetailLine(placed, item)]
        return lines + wrapped(lead + parts.value, look, item) if parts.value else lines
    below = lead + parts.place + Text(_GAP if parts.value else "") + parts.value
    return [*wrapped(first, look, item), *wrapped(below, look, item)]


def _padded(text: Text, width: int) -> Text:
    copy = text.copy()
    copy.pad_right(max(0, width - text.cell_len))
    return copy


def _parts(
    call: ToolCall, outcome: CallOutcome, catalog: Catalog, look: DetailLook, *, changes: bool
) -> _CallParts | None:
    """Return what a call does in words, None where function or property is unknown.

    changes: whether a value stands with what it was before.
    """
    arguments = call.arguments
    name, function = arguments.get("propertyName"), catalog.functions.get(call.name)
    prop = catalog.properties.get(name) if isinstance(name, str) else None
    styles = look.styles
    if outcome.listed is not None and (lists := catalog.lists_by(call.name)):
        category = arguments.get(lists.parameter) or lists.every
        return _listing(str(category), len(outcome.listed), look)
    if prop is None or function is None:
        return None
    area_id = arguments.get("areaId")
    area = prop.areas.get(area_id) if type(area_id) is int else None
    reads = function.kind == "get"
    if catalog.function_for.get((function.kind, prop.type)) is not function:
        kind = styled(shown(call.name, NAME) + "  ", styles["error"])
    else:
        kind = styled("read" if reads else "set", styles["muted"])
    if area is None:
        words = f"area {visible(brief(area_id))} (not valid for this property)"
        place = styled(shown(words), styles["error"])
    else:
        place = place_words(area, prop, styles)
    value = Text()
    if "value" in arguments:
        value.append_text(_value(arguments["value"], prop, area, look))
        if changes and not reads and outcome.answer.get("result") == SUCCESS:
            value = _changed(value, outcome, prop, area, look)
    if reads and "value" in outcome.answer:
        arrow = "->" if look.plain else "→"
        words = shown(state_words(outcome.answer["value"], prop, area))
        value.append(f"{arrow} {words}", styles["muted"])
    label = styled(shown(prop.label, NAME), "bold")
    return _CallParts(kind, label, place, value, _scale(arguments.get("value"), prop, area, look))


def _listing(category: str, count: int, look: DetailLook) -> _CallParts:
    """Return what a call does that lists properties. count: of those listed."""
    value = f"{'->' if look.plain else '→'} {count:,}"
    kind, label = styled("list", look.styles["muted"]), styled("properties", "bold")
    return _CallParts(
        kind, label, Text(shown(category, NAME)), styled(value, look.styles["muted"]), Text()
    )


def place_words(area: Area, prop: Property, styles: Mapping[str, str]) -> Text:
    """Return an area with the words in capitals that tell it from the property's other ones."""
    ends = Counter(one.words.split()[-1] for one in prop.areas.values() if one.words.split())
    nouns = {word for word, count in ends.items() if count > 1}
    common = nouns | {f"{word}s" for word in nouns} | {"and"}
    alone = len(prop.areas) == 1
    words = [
        shown(word if alone or word in common else word.upper(), NAME)
        for word in area.words.split()
    ]
    text = styled(" ".join(words), "" if alone else "bold")
    return text.append(f" {area.id}", f"not bold {styles['muted']}".strip())


def _value(value: Any, prop: Property, area: Area | None, look: DetailLook) -> Text:
    text = styled(shown(state_words(value, prop, area)), "bold")
    if not is_said(value, prop, area):
        text.append(f" ({visible(brief(value))})", f"not bold {look.styles['muted']}".strip())
    return text


def _changed(
    value: Text, outcome: CallOutcome, prop: Property, area: Area | None, look: DetailLook
) -> Text:
    """Put what a value was before it, without the words that both have."""
    before, after = (state_words(one, prop, area) for one in (outcome.before, outcome.after))
    muted = look.styles["muted"]
    if before == after:
        return value + styled(" as it was", muted)
    was, now = before.split(), after.split()
    if len(was) == len(now) == 2 and (was[0] == now[0]) != (was[1] == now[1]):  # "level", a unit
        before = was[was[0] == now[0]]
    return styled(f"{shown(before)} {'->' if look.plain else '→'} ", muted) + value


def _scale(value: Any, prop: Property, area: Area | None, look: DetailLook) -> Text:
    words = gauge(value, prop, area, look.plain) if area else ""
    return Text().append(words, look.styles["error" if words.startswith(OUTSIDE) else "primary"])


def _extra(call: ToolCall) -> Iterable[str]:
    for name, value in call.arguments.items():
        if name not in _KNOWN:
            yield f"{shown(name, 20)[:20]} {shown(brief(value))}"


def finding_lines(
    finding: Finding, sample: Sample, catalog: Catalog, look: DetailLook, lead: int = _LEAD
) -> list[DetailLine]:
    """Describe a finding and its fix; what weighs on the verdict must be seen before a decision."""
    sign = SEVERITIES[finding.severity]
    style = look.styles["muted" if finding.stage == "policy" else sign.style]
    text = styled(f"{' ' * lead}{sign.drawn(look.plain)} ", style)
    speaker = "Judge: " if finding.stage == "judge" else ""
    text.append(f"{speaker}{plainly(shown(finding.message), look.plain)}", style)
    text.append(f"  {finding.code}", look.styles["muted"])
    weighs = finding.severity != "info"
    lines = wrapped(text, look, f"finding {finding.code} {finding.path}" if weighs else "")
    if finding.fix:
        words = fix_words(finding.fix, sample, catalog, look.plain)
        key = f"{' ' * lead}{look.fix_key}"
        lines += wrapped(styled(f"{key} {words}", look.styles["accent"]), look)
    return lines


def fix_words(fix: Fix, sample: Sample, catalog: Catalog, plain: bool) -> str:
    """Say what a fix does, one that replaces an argument as `area: rear left → front left`."""
    arrow = "->" if plain else "→"
    if len(fix.edits) == 1:
        edit = fix.edits[0]
        step, path = step_of(edit.path)
        calls = sample.steps[step].answers if step <= len(sample.then) else ()
        match edit.op, path:
            case "replace", ("answers", int(index), "arguments", str(name)) if index < len(calls):
                arguments = calls[index].arguments
                prop = catalog.properties.get(str(arguments.get("propertyName")))
                before, after = arguments.get(name), edit.value
                placed = arguments.get("areaId")
                area = prop.areas.get(placed) if prop and type(placed) is int else None
                if prop and name == "areaId":
                    areas = [prop.areas.get(a) if type(a) is int else None for a in (before, after)]
                    words = [
                        one.words if one else brief(a)
                        for one, a in zip(areas, (before, after), strict=True)
                    ]
                    return shown(f"area: {words[0]} {arrow} {words[1]}")
                if prop and name == "value":
                    was, now = state_words(before, prop, area), state_words(after, prop, area)
                    if isinstance(before, str):  # "23.0" is no number
                        was = brief(before)
                    elif was == now:
                        was, now = brief(before), brief(after)
                    return shown(f"value: {was} {arrow} {now}")
    return shown(fix.label)


def call_details(
    call: ToolCall, catalog: Catalog, look: DetailLook, lead: int = _LEAD, result: str = ""
) -> list[DetailLine]:
    """Show a call as code, the car's answer to it, and what the catalogue says of its property.

    result: the answer, "" for none.
    """
    indent = " " * lead
    lines = wrapped(Text(indent + visible(call_words(call)), look.styles["primary"]), look)
    if result:
        arrow = "->" if look.plain else "→"
        lines += wrapped(Text(f"{indent}{arrow} {shown(result)}", look.styles["muted"]), look)
    name = call.arguments.get("propertyName")
    prop = catalog.properties.get(name) if isinstance(name, str) else None
    if prop is not None and prop.description:
        lines += wrapped(Text(indent + shown(prop.description), look.styles["muted"]), look)
    return lines
