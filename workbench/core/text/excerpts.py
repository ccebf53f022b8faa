"""How much of a sample is shown: a limited number of calls, arguments, findings and characters.

So drawing is quick however large a sample is. What is left out is said in its place.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from workbench.core.samples import Reply, Sample, StateValue, Step, ToolCall
from workbench.core.text.plain import visible

MOST_CALLS: Final = 40
MOST_STEPS: Final = 60
MOST_FINDINGS: Final = 40
MOST_LINES: Final = 100
"""Lines of a comparison."""
QUERY: Final = 2_000
"""Characters of a query."""
WORDS: Final = 400
"""Characters of any other text: a value, a reason, a description."""
NAME: Final = 80
LARGE: Final = 16_000
"""From this many characters on, reading and checking a sample would make a key wait."""
EDITABLE: Final = 60_000
"""Characters of a sample that can be edited."""
PIECE: Final = 3_000
"""Characters of a query or a value that can be edited: a field lays out its whole line at each key.
"""

_FEW = 12
"""Calls that are shown of a large sample: nobody reads more of it."""
_ARGUMENTS = 20
_ELEMENTS = 20
_DEPTH = 6
_ALL = 12_000
"""Characters of all values and names of a sample together."""
_EACH = 8
"""Characters that a number, or the punctuation around a name, counts for."""
_KNOWN = ("propertyName", "areaId", "value")
"""Arguments that are always shown, wherever they come."""


def short(text: str, most: int = WORDS) -> str:
    """Cut a text, and say how much more there is."""
    more = len(text) - most
    if more <= 0:
        return text
    words = f"{more / 1e6:.1f} MB" if more >= 100_000 else f"{more:,} characters"
    return f"{text[:most]}… {words} more"


def shown(text: str, most: int = WORDS) -> str:
    """Cut a text as `short` does, then escape it as `visible` does."""
    return visible(short(text, most))


def shown_query(query: str, most: int = WORDS) -> str:
    """Show a query as `shown` does; one of nothing but blanks is named, since it can't be seen."""
    text = shown(query, most)
    return text if text.strip() else "(empty query)"


def is_large(sample: Sample, most: int = LARGE) -> bool:
    """Whether a sample has more characters than a limit; counting stops there."""
    return _left(sample, most) < 0


def is_editable(sample: Sample) -> bool:
    """Whether a sample, and each part of it, is small enough to be edited on the screen."""
    if is_large(sample, EDITABLE) or len(sample.steps) > MOST_STEPS:
        return False
    steps = sample.steps
    texts = [step.query for step in steps if step.query is not None]
    texts += [step.reply.text for step in steps if step.reply is not None]
    if any(len(text) > PIECE for text in texts):
        return False
    calls = [call for step in steps for call in _all_calls(step)]
    values = (value for call in calls for value in call.arguments.values())
    return all(_weighed(value, PIECE + _EACH) >= 0 for value in values) and not any(
        len(name) > PIECE for call in calls for name in (call.name, *call.arguments)
    )


def _all_calls(step: Step) -> Iterator[ToolCall]:
    """Yield the calls of a step, and those that its reply speaks of."""
    yield from step.answers
    if step.reply is not None:
        yield from step.reply.wanted
        for option in step.reply.options:
            yield from option


def longest_line(text: str) -> int:
    """Return the length of a text's longest line."""
    return max(map(len, text.splitlines()), default=0)


def size_words(sample: Sample) -> str:
    """Return how large a sample is: `4.9 MB`, `1.6 MB, 20,000 calls`."""
    most = 1 << 62
    size, calls = most - _left(sample, most), len(sample.calls)
    words = f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size:,} characters"
    return f"{words}, {calls:,} calls" if calls > MOST_CALLS else words


def _left(sample: Sample, most: int) -> int:
    left = _weighed_calls(sample.answers, most - len(sample.query))
    if not sample.is_conversation:
        return left
    for one in sample.state:
        left = _weighed(one.value, left - len(one.property) - _EACH)
    for step in sample.steps:
        if left < 0:
            break
        left -= _EACH
        left -= len(step.query or "")
        if step.reply is not None:
            left -= len(step.reply.kind) + len(step.reply.text) + len(step.reply.because)
        left = _weighed_calls(_all_calls(step), left)
    return left


def _weighed_calls(calls: Iterable[ToolCall], left: int) -> int:
    for call in calls:
        if left < 0:
            break
        left = _weighed(call.arguments, left - len(call.name) - _EACH)
    return left


def _weighed(value: Any, left: int) -> int:
    """Subtract a value's characters from those left; stops at none."""
    if isinstance(value, str):
        return left - len(value) - _EACH
    left -= _EACH
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            if left < 0:
                break
            left = _weighed(inner, left)
        if isinstance(value, dict) and left >= 0:
            left -= sum(map(len, value))
    return left


class _Budget:
    """Characters that may still be shown, and whether anything was left out."""

    def __init__(self) -> None:
        self.left = _ALL
        self.cut = False

    def text(self, text: str, most: int) -> str:
        """Take a text, cut if it is too long."""
        self.left -= min(len(text), most) + _EACH
        self.cut |= len(text) > most
        return short(text, most)

    def value(self, value: Any, depth: int = _DEPTH) -> Any:
        """Take a JSON value, cut if it is too large."""
        if isinstance(value, str):
            return self.text(value, WORDS)
        self.left -= _EACH
        if isinstance(value, list):
            return self._list(value, depth)
        return self._object(value, depth) if isinstance(value, dict) else value

    def _list(self, value: list[Any], depth: int) -> Any:
        found: list[Any] = []
        for inner in value[: _ELEMENTS if depth else 0]:
            if self.left <= 0:
                break
            found.append(self.value(inner, depth - 1))
        return [*found, self._more(len(value) - len(found))] if len(found) < len(value) else found

    def _object(self, value: dict[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, inner in value.items():
            if self.left <= 0 or len(found) >= _ELEMENTS or not depth:
                return {**found, "…": self._more(len(value) - len(found))}
            found[self.text(name, NAME)] = self.value(inner, depth - 1)
        return found

    def calls(self, calls: Sequence[ToolCall], most: int) -> tuple[ToolCall, ...]:
        """Take calls: at most a number, and no more than there is room for."""
        taken: list[ToolCall] = []
        for call in calls[:most]:
            if taken and self.left <= 0:
                break
            taken.append(self.call(call))
        self.cut |= len(taken) < len(calls)
        return tuple(taken)

    def reply(self, reply: Reply | None, most: int) -> Reply | None:
        """Take a reply, with the calls that it speaks of."""
        if reply is None:
            return None
        self.cut |= len(reply.options) > MOST_CALLS
        return Reply(
            self.text(reply.kind, NAME),
            self.text(reply.text, QUERY),
            self.text(reply.because, NAME),
            self.calls(reply.wanted, most),
            tuple(self.calls(option, most) for option in reply.options[:MOST_CALLS]),
        )

    def call(self, call: ToolCall) -> ToolCall:
        """Take a call: its first arguments, and those that every call has."""
        name, arguments, taken = self.text(call.name, NAME), dict[str, Any](), 0
        for key in [key for key in _KNOWN if key in call.arguments] if self._wide(call) else []:
            arguments[key] = self.value(call.arguments[key])
            taken += 1
        for key, value in call.arguments.items():
            if key in arguments:
                continue
            if self.left <= 0 or taken >= _ARGUMENTS:
                arguments["…"] = self._more(len(call.arguments) - taken)
                break
            arguments[self.text(key, NAME)] = self.value(value)
            taken += 1
        return ToolCall(name, arguments)

    @staticmethod
    def _wide(call: ToolCall) -> bool:
        return len(call.arguments) > _ARGUMENTS

    def _more(self, count: int) -> str:
        self.cut = True
        return f"… {count:,} more"


def excerpt(sample: Sample) -> Sample:
    """Return the part of a sample that is shown: the same object if that is everything.

    Calls beyond the limit are left out; a cut call says so at its end. So are steps of a
    conversation: `left_out` says how many.
    """
    room = _Budget()
    query = room.text(sample.query, QUERY)
    most = _FEW if is_large(sample) else MOST_CALLS
    answers = room.calls(sample.answers, most)
    if not sample.is_conversation:
        whole = not room.cut and len(answers) == len(sample.answers)
        return sample if whole else Sample(query, answers)
    reply = room.reply(sample.reply, most)
    steps: list[Step] = []
    for step in sample.then[: MOST_STEPS - 1]:
        if room.left <= 0:
            break
        said = None if step.query is None else room.text(step.query, QUERY)
        made = room.calls(step.answers, most)
        steps.append(Step(said, made, room.reply(step.reply, most)))
    state = tuple(
        StateValue(room.text(one.property, NAME), one.area, room.value(one.value))
        for one in sample.state[:MOST_CALLS]
    )
    cut = room.cut or len(steps) < len(sample.then) or len(state) < len(sample.state)
    return Sample(query, answers, reply=reply, state=state, then=tuple(steps)) if cut else sample


def left_out(sample: Sample, shown: Sample) -> int:
    """Return how many steps an excerpt of a sample lacks."""
    return len(sample.then) - len(shown.then)


def excerpt_call(call: ToolCall) -> ToolCall:
    """Return what is shown of a call: see `excerpt`."""
    return excerpt(Sample("", (call,))).answers[0]
