"""A conversation, step by step: what is said, called, answered by the car, and replied."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from workbench.app.review.describe.calls import CallLayout, call_details, layout_of, one_call
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled, wrapped
from workbench.app.review.describe.query import query_lines
from workbench.core.car.brief_calls import place_initials
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import CallOutcome
from workbench.core.car.words import brief, state_words
from workbench.core.checks.conversation.session import Session, run_session
from workbench.core.checks.grounding.evidence import (
    CallEvidence,
    contradicting,
    evidence,
)
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.codes import reason_words
from workbench.core.json.text import dumps
from workbench.core.kinds import kind_of
from workbench.core.plural import number_of
from workbench.core.samples import Reply, Sample, StateValue, ToolCall, step_of, turns
from workbench.core.text.excerpts import NAME, shown
from workbench.core.text.plain import visible
from workbench.core.verdicts import Finding

GUTTER = 4
"""Cells before what is said to the assistant: the mark of the current step, its number, a blank."""
INSET = 6
"""Cells before what the assistant does."""
_WIDEST_KIND = 7

Place = tuple[int, int | str]
"""Where in a conversation: a step from 0, and there a call by its index, or `words`, `reply`, or
`step` for all of it, or `end` for what is shown below it.
"""
STATE: Place = (-1, "state")
WHOLE: Place = (-1, "whole")


def place_of(finding: Finding, part: Sample) -> Place:
    """Return where a finding is shown. part: what is shown of the sample."""
    if finding.path[:1] == ("state",):
        return STATE
    step, path = step_of(finding.path)
    if not finding.path or step > len(part.then):
        return WHOLE
    match path:
        case ("answers", int(call), *_) if call < len(part.steps[step].answers):
            return step, call
        case ("query", *_):
            return step, "words"
        case ("reply", *_) if part.steps[step].reply is not None:
            return step, "reply"
    return step, "step"


def turn_evidence(part: Sample, rules: GroundingRules) -> tuple[CallEvidence, ...]:
    """Return the words behind each call of all steps, in order: those of its turn."""
    found: list[CallEvidence] = []
    steps = part.steps
    for turn in turns(part):
        calls = tuple(call for step in turn for call in steps[step].answers)
        found += evidence(Sample(steps[turn.start].query or "", calls), rules)
    return tuple(found)


def conversation_words(sample: Sample) -> str:
    """Say of which kind a conversation is, and how long: `ask, 2 turns, 3 steps`."""
    said, done = sum(1 for _ in turns(sample)), len(sample.steps)
    words: list[str] = [kind_of(sample)]
    words += [number_of(said, "turn")] if said > 1 else []
    words += [number_of(done, "step")] if done > 1 else []
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class _Steps:
    """What the steps are drawn with: see `conversation_lines`."""

    session: Session
    below: Mapping[Place, Sequence[DetailLine]]
    objected: Container[Place]
    layout: CallLayout
    catalog: Catalog
    look: DetailLook


def conversation_lines(
    part: Sample,
    found: Sequence[CallEvidence],
    below: Mapping[Place, Sequence[DetailLine]],
    objected: Container[Place],
    catalog: Catalog,
    look: DetailLook,
    *,
    against: bool = False,
    marks: bool = True,
) -> list[list[DetailLine]]:
    """Describe a conversation, a block for each turn, the first state before them.

    part: what is shown of it. found: see `turn_evidence`. below: lines that belong to each place.
    objected: places of calls of which a finding says why the car refuses them. against: whether
    words that contradict the calls are marked; marks: whether any are.
    """
    inner = replace(look, width=look.width - INSET)
    steps = part.steps
    every = [call for step in steps for call in step.answers]
    many = any(len(step.answers) > 1 for step in steps)
    kinds = [step.reply.kind for step in steps if step.reply] + ["read"]
    layout = layout_of(
        every,
        catalog,
        inner,
        lead=3 if many else 0,
        kind=min(_WIDEST_KIND, max(map(len, kinds)) + 1),
        changes=True,
    )._replace(close=True)
    drawn = _Steps(run_session(part, catalog), below, objected, layout, catalog, inner)
    blocks = [[*below.get(WHOLE, ()), *_state_lines(part, catalog, look), *below.get(STATE, ())]]
    at = 0
    for turn in turns(part):
        lines: list[DetailLine] = []
        counts = [len(steps[step].answers) for step in turn]
        own = found[at : at + sum(counts)]
        at += sum(counts)
        for step in turn:
            told: list[DetailLine] = []
            if step == turn.start and steps[step].query is not None:
                names = _numbers(turn, counts)
                wrong = contradicting(own) if against else ()
                told += _words(drawn, step, _by_step(own, counts, names), names, wrong, marks)
            made = _step_lines(drawn, step)
            if not told and not made:
                made = [DetailLine(styled("nothing", look.styles["muted"]))]
            lines += _with_gutter(told, made, step, look)
        blocks.append(lines)
    return blocks


def _offered(reply: Reply | None) -> Sequence[ToolCall]:
    if reply is None:
        return ()
    return (*reply.wanted, *(call for option in reply.options for call in option))


def _numbers(turn: range, counts: Sequence[int]) -> tuple[int, ...]:
    """Return what marks below words stand for: calls if one step makes all, else the steps."""
    calling = [step for step, count in zip(turn, counts, strict=True) if count]
    if len(calling) == 1:
        return tuple(range(1, max(counts) + 1))
    return tuple(step + 1 for step in calling)


def _by_step(
    found: Sequence[CallEvidence], counts: Sequence[int], names: Sequence[int]
) -> Sequence[CallEvidence]:
    """Return the evidence for each number: of a call, or of all calls of a step together."""
    if len(names) == len(found):
        return found
    joined, at = [], 0
    for count in filter(None, counts):
        own = found[at : at + count]
        at += count
        joined.append(
            CallEvidence(
                tuple(span for one in own for span in one.names),
                tuple(span for one in own for span in one.places),
                tuple(span for one in own for span in one.values),
            )
        )
    return joined


def _words(
    drawn: _Steps,
    step: int,
    found: Sequence[CallEvidence],
    names: Sequence[int],
    against: Sequence[tuple[int, int]],
    marks: bool,
) -> list[DetailLine]:
    """Describe what is said at the beginning of a step; after the first it must have been seen."""
    query = drawn.session.steps[step].query or ""
    look = replace(drawn.look, width=drawn.look.width + INSET - GUTTER)
    lines = query_lines(query, found, look, against=against, marks=marks, numbers=names, indent="")
    item = f"words {step + 1}" if step else ""
    lines = [DetailLine(line.text, item) for line in lines]
    return [*lines, *drawn.below.get((step, "words"), ())]


def _step_lines(drawn: _Steps, index: int) -> list[DetailLine]:
    """Describe the calls of a step with their results, and its reply."""
    step, done = drawn.session.steps[index], drawn.session.outcomes[index]
    lines = [*drawn.below.get((index, "step"), ())]
    numbered = len(step.answers) > 1
    layout = drawn.layout._replace(numbered=numbered)
    for number, (call, outcome) in enumerate(zip(step.answers, done.outcomes, strict=True), 1):
        item = f"call {index + 1}.{number}"
        lines += one_call(call, outcome, number, layout, drawn.catalog, drawn.look, item)
        own = drawn.below.get((index, number - 1), ())
        if outcome.refused:
            lines += _refusal(drawn, outcome, item, told=(index, number - 1) in drawn.objected)
        lines += own
        if drawn.look.details:
            lines += call_details(call, drawn.catalog, drawn.look, layout.lead, outcome.text)
    if step.reply is not None:
        lines += _reply_lines(drawn, index, step.reply)
        lines += drawn.below.get((index, "reply"), ())
    return [*lines, *drawn.below.get((index, "end"), ())]


def _refusal(drawn: _Steps, outcome: CallOutcome, item: str, *, told: bool) -> list[DetailLine]:
    """Say that the car refuses a call, and why, unless a finding says so."""
    look = drawn.look
    indent = " " * (drawn.layout.lead + drawn.layout.columns[0])
    why = next((one.message for one in outcome.findings if one.severity == "error"), "")
    words = "refused by the car" if told else f"refused by the car: {shown(why or outcome.refused)}"
    text = f"{indent}{'->' if look.plain else '→'} {words}"
    return wrapped(styled(text, look.styles["muted"]), look, item)


def _reply_lines(drawn: _Steps, index: int, reply: Reply) -> list[DetailLine]:
    """Describe a reply: what is said, why something is refused, what a question offers."""
    look, layout = drawn.look, drawn.layout
    item = f"reply {index + 1}"
    known = reply.kind in ("tell", "ask", "refuse", "chat")
    kind = styled(shown(reply.kind, NAME), look.styles["accent" if known else "error"])
    lead = layout.lead + layout.columns[0]
    head = Text(" " * layout.lead) + kind
    head.pad_right(max(1, lead - head.cell_len))
    said = Text(look.quoted(shown(reply.text)))
    room = max(16, look.width - lead)
    parts = said.wrap(look.console, room)
    lines = []
    for number, part in enumerate(parts):
        part.rstrip()
        lines.append(DetailLine((Text(" " * lead) if number else head) + part, item))
    seen = _refused_before(drawn, index, reply)
    if reply.because:
        why = shown(reason_words(reply.because))
        code = f"  {visible(reply.because)}" if look.details and why != reply.because else ""
        words = f"{' ' * lead}because: {why}{', as just seen' if seen else ''}{code}"
        lines += wrapped(styled(words, look.styles["muted"]), look, item)
    inner = replace(look, width=look.width - lead)
    own = layout_of(_offered(reply), drawn.catalog, inner, lead=0)._replace(close=True)
    below: list[DetailLine] = []
    wanted = () if seen else reply.wanted
    car = drawn.session.car(index)
    for call, outcome in zip(wanted, car.run_together(wanted), strict=True):
        below += one_call(call, outcome, 0, own, drawn.catalog, inner, item)
        below += _proof(outcome, inner, item)
    taken = _taken(drawn, index, reply)
    own = own._replace(lead=3)
    for number, option in enumerate(reply.options, 1):
        outcomes = drawn.session.car(index).run_together(option)
        for at, (call, outcome) in enumerate(zip(option, outcomes, strict=True)):
            sign = ("+" if look.plain else "✓") if number == taken else ""
            drawn_call = one_call(call, outcome, number, own, drawn.catalog, inner, item)
            below += _numbered(drawn_call, f"{number}{sign}" if at == 0 else "", look)
            if outcome.refused:
                below += _proof(outcome, inner, item)
    lines += [DetailLine(Text(" " * lead) + line.text, line.item) for line in below]
    return lines


def _numbered(lines: Sequence[DetailLine], number: str, look: DetailLook) -> list[DetailLine]:
    """Put an option's number into the cells that its call has left for one."""
    first = styled(number.ljust(3), look.styles["muted"]) + lines[0].text[3:]
    return [DetailLine(first, lines[0].item), *lines[1:]]


def _proof(outcome: CallOutcome, look: DetailLook, item: str) -> list[DetailLine]:
    """Say what the car says to a call that isn't made, when it is asked to make it."""
    arrow = "->" if look.plain else "→"
    why = next((one.message for one in outcome.findings if one.severity == "error"), "")
    if outcome.refused:
        text = styled(f"  {arrow} the car refuses it: ", look.styles["muted"])
        return wrapped(text.append(shown(why or outcome.refused), look.styles["muted"]), look, item)
    return wrapped(styled(f"  {arrow} the car would do it", look.styles["warning"]), look, item)


def _refused_before(drawn: _Steps, index: int, reply: Reply) -> bool:
    """Whether what is refused is just what the car has refused in the step before."""
    done = drawn.session.outcomes[index - 1] if index else None
    refused = (
        {
            _key(call)
            for call, outcome in zip(done.step.answers, done.outcomes, strict=True)
            if outcome.refused
        }
        if done
        else set()
    )
    return bool(reply.wanted) and {_key(call) for call in reply.wanted} == refused


def _taken(drawn: _Steps, index: int, reply: Reply) -> int:
    """Return which option the calls of the next turn make, from 1; 0 for none."""
    turn = next((turn for turn in drawn.session.turns if turn.start > index), range(0))
    made = {_key(call) for step in turn for call in drawn.session.steps[step].answers}
    for number, option in enumerate(reply.options, 1):
        if option and {_key(call) for call in option} <= made:
            return number
    return 0


def _key(call: ToolCall) -> bytes:
    return dumps([call.name, call.arguments], sort_keys=True)


def _state_lines(part: Sample, catalog: Catalog, look: DetailLook) -> list[DetailLine]:
    """Describe what is different in the car before the first step."""
    if not part.state:
        return []
    text = styled("At the start\t", look.styles["muted"])
    text.append("; ".join(_state_value(one, catalog) for one in part.state))
    return wrapped(text, look, "state")


def _state_value(one: StateValue, catalog: Catalog) -> str:
    prop = catalog.properties.get(one.property)
    area = prop.areas.get(one.area) if prop else None
    if prop is None or area is None:
        return shown(f"{one.property} {one.area}: {brief(one.value)}")
    place = place_initials(area, prop)
    return shown(f"{prop.label}{' ' if place else ''}{place}: {state_words(one.value, prop, area)}")


def _with_gutter(
    said: Sequence[DetailLine], done: Sequence[DetailLine], step: int, look: DetailLook
) -> list[DetailLine]:
    """Put the number of a step before its first line; what the assistant does is indented."""
    number = styled(f" {step + 1:>{GUTTER - 2}} ", look.styles["muted"])
    inset, blank = Text(" " * (INSET - GUTTER)), Text(" " * GUTTER)
    lines = [line.text for line in said] + [inset + line.text for line in done]
    return [
        DetailLine((blank if at else number) + text, line.item, step)
        for at, (text, line) in enumerate(zip(lines, (*said, *done), strict=True))
    ]
