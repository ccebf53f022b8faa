"""Ways to break a right sample, one each: the call stays legal and no longer does what is said.

Each function of `MEANING` takes a right sample, its catalogue and a source of chance, and gives the
broken sample, or None where that break does not apply: where the words leave the thing open, so
that the outcome could be right too. Those of `STRUCTURAL` give samples that the car refuses. What a
property is comes from the catalogue alone; what is said is told by a few plain words, with care: a
break that might be right is left out, though that leaves some real ones out too.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verifying import verify

from workbench.core.car.catalog import Area, Catalog, Function, Property
from workbench.core.car.overlay import Access
from workbench.core.json.text import dumps
from workbench.core.samples import Sample, ToolCall

Answers = tuple[ToolCall, ...]
Mutation = Callable[[Sample, Catalog, random.Random], Sample | None]

# ---------------------------------------------------------------- plain words

_IDIOMS = re.compile(
    r"\bright (?:now|then|away|here|after|off|down|up|under|over|as|into|on|outside|bedroom)\b"
    r"|\ball ?right\b|^right\b|\b(?:that's|you're|quite|just) right\b"
    r"|\b(?:is|are|'s|have|got|range|time|charging|charge|fuel|much|i|we|they|he|she) left\b"
    r"|\bon (?:top of|board|earth|the way|my way|our way|time|purpose|me|foot|the road|this|our own"
    r"|their own|its own)\b"
    r"|\b(?:come|hang|hold|going|later|early|from now|carry|from today) on\b"
    r"|\bback (?:to|on|off|up|out|again|from|home|into|in)\b|\b(?:come|came|get|got) back\b"
    r"|\bmy (?:lower )?back\b|\bfor me to\b|\bright outside\b"
)
_REAR = r"\b(?:rear|back|behind|rearmost|bench|row two|second row)\b"
_FRONT = r"\b(?:front|first row|row one)\b"
_SIDES = {
    "left": r"\bleft(?:-hand|hand)?\b",
    "right": r"\bright(?:-hand|hand)?\b",
    "centre": r"\b(?:middle|cent(?:re|er))\b",
}
_ROWS = {"rear": _REAR, "front": _FRONT}
_NOUNS = {
    "trunk": r"\b(?:boot|trunk|tailgate|hatch)\b",
    "sunroof": r"\b(?:sun ?roof|roof)\b",
    "bonnet": r"\b(?:bonnet|hood)\b",
    "windscreen": r"\b(?:windscreen|windshield)\b",
}
_PASSENGER = (
    r"(?<!behind the )\b(?:passenger|passenger's|co-?driver|co-?driver's)\b"
    r"|\b(?:beside|next to) me\b"
)
_DRIVER = (
    r"(?<!co-)(?<!behind the )\b(?:driver|driver's|mine|myself)\b"
    r"|\b(?:for|under) me\b|\bmy (?:own )?(?:\w+ )?(?:side|seat|place|spot|zone)\b"
)
_MANY = (
    r"\b(?:both|all|every|each|everyone|everybody|everywhere|two|three|four|us|whole|entire"
    r"|seats|windows|doors|lights|lamps|fans|tyres|tires|wheels)\b"
)
_TURN = (
    r"\b(?:on|off|open\w*|clos\w+|shut\w*|lock\w*|unlock\w*|fold\w*|unfold\w*|tuck\w*|pop|start\w*"
    r"|stop\w*|kill\w*|switch\w*|turn\w*|activat\w*|deactivat\w*|enabl\w*|disabl\w*|no need|no more"
    r"|don't|do not|any ?more|no longer|any longer|fresh|cancel|quit|without"
    r"|recirculat\w*|fire|light up|engage\w*)\b"
)
_MOVE = r"\b(?:up|down|raise\w*|lower\w*|forwards?|backwards?|back|tilt\w*|vent|high\w*|wide)\b"
_LEVEL_TURN = r"\b(?:heat\w*|warm\w*|cool\w*|ventilat\w*|blow\w*|toast\w*)\b"
_COMMAND = (
    r"\b(?:put|set|make|give|bring|send|let|take|drop|crank|want|i'd like|please|pls|turn|switch"
    r"|can you|could you|would you|let's|need)\b"
)
_QUESTION = (
    r"\?|^(?:what|is|are|how|which|where|did|does|do|has|have|was|am)\b"
    r"|\b(?:check|tell me|show|read|whether|which|remind|report|what's|how's|find out)\b"
)
_EXTREME = (
    r"\b(?:max\w*|min|minimum|highest|lowest|hottest|warmest|coldest|coolest|strongest|weakest|full"
    r"|fully|flat out|all the way|top|wide open|as \w+ as|low|completely)\b"
)
_FRACTION = r"%|\b(?:per ?cent|half\w*|quarters?|thirds?|crack|bit|most|medium|a little|slightly)\b"
_FAHRENHEIT = r"fahrenheit|° ?f\b|\bf\b"
_STEPS = (
    r"\b(?:notch\w*|steps?|levels?|degrees?|points?|up|down|more|less|warmer|cooler|higher|lower"
    r"|another|colder|hotter|add|percent)\b"
)

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: number for number, word in enumerate(_ONES)}
_LARGE = {word: 20 + 10 * place for place, word in enumerate(_TENS)} | {"hundred": 100}
_ONE_RE = "|".join(_ONES)
_NUMBER = re.compile(
    rf"\b(?:(?P<digits>\d+(?:[.,]\d+)?)|(?P<tens>{'|'.join(_LARGE)})(?:[ -](?P<unit>{_ONE_RE}))?"
    rf"|(?P<one>{_ONE_RE}))(?:(?P<half> and a half)| point (?P<tenth>{_ONE_RE}))?(?!\w)"
)


def numbers_in(text: str) -> list[float]:
    """Give the numbers in a lower-case text, in digits or words: "twenty-one and a half", 21.5."""
    found = []
    for match in _NUMBER.finditer(text):
        if match["digits"]:
            number = float(match["digits"].replace(",", "."))
        elif match["tens"]:
            number = float(_LARGE[match["tens"]] + _SMALL.get(match["unit"] or "zero", 0))
        else:
            number = float(_SMALL[match["one"]])
        number += 0.5 if match["half"] else 0.0
        number += _SMALL[match["tenth"]] / 10 if match["tenth"] else 0.0
        found.append(number)
    return found


# ---------------------------------------------------------------- a sample, read for breaking


@dataclass(frozen=True)
class Target:
    """One call of a right sample with what it addresses."""

    index: int
    call: ToolCall
    function: Function
    prop: Property
    area: Area

    @property
    def changes(self) -> bool:
        return self.function.kind == "set"

    @property
    def value(self) -> Any:
        return self.call.arguments.get("value")


@dataclass(frozen=True)
class Case:
    """A right sample with its catalogue."""

    sample: Sample
    catalog: Catalog

    @cached_property
    def text(self) -> str:
        plain = self.sample.query.lower().replace("’", "'").replace("‑", "-")
        return _IDIOMS.sub(" … ", plain)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(re.findall(r"[a-z]+", self.text))

    @cached_property
    def numbers(self) -> list[float]:
        return numbers_in(self.sample.query.lower())

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        return tuple(self._targets())

    def _targets(self) -> Iterator[Target]:
        for index, call in enumerate(self.sample.answers):
            prop = self.catalog.properties[call.arguments["propertyName"]]
            area = prop.areas[call.arguments["areaId"]]
            yield Target(index, call, self.catalog.functions[call.name], prop, area)

    def says(self, pattern: str) -> bool:
        return re.search(pattern, self.text) is not None

    def names(self, words: Iterable[str]) -> bool:
        """Whether the query has any of the words, in any form."""
        return any(_alike(said, word) for said in self.words for word in words)

    def replaced(self, target: Target, *calls: ToolCall) -> Answers:
        """Give the answers with a call replaced by others, or by none."""
        answers = self.sample.answers
        return (*answers[: target.index], *calls, *answers[target.index + 1 :])


def _alike(one: str, other: str) -> bool:
    one, other = sorted((one.rstrip("s"), other.rstrip("s")), key=len)
    if len(one) < 4:
        return one == other
    return other.startswith(one) or (len(one) > 5 and one[:5] == other[:5])


_EMPTY_WORDS = frozenset(
    ("on", "pos", "switch", "enabled", "info", "hvac", "ev", "perf", "is", "the", "of", "or", "and")
)


def _words_of(prop: Property) -> frozenset[str]:
    """The words a property is called by: those of its label and its name."""
    words = re.findall(r"[a-z]+", f"{prop.label} {prop.name}".lower())
    return frozenset(words) - _EMPTY_WORDS


def value_names(prop: Property) -> Mapping[Any, str]:
    """Give the names of a property's values: the overlay's, else those in its description."""
    if prop.value_names:
        return prop.value_names
    legal = next((area.values for area in prop.areas.values() if area.values), ())
    if prop.type == "String":
        return {value: value for value in legal}
    if prop.type not in ("Integer", "Long") or not legal:
        return {}
    found = re.findall(r"(-?\d+) (?:is|means|=) ([a-z ]+)", prop.description.lower())
    return {int(number): name.strip() for number, name in found if int(number) in legal}


# ---------------------------------------------------------------- what the words state


def _place_stated(case: Case, target: Target) -> bool:
    prop, area = target.prop, target.area
    if len(prop.areas) < 2:
        return False
    if area.id == case.catalog.driver_area(prop) and (
        case.says(_DRIVER) or case.says(_my(prop)) or _seated(case, prop)
    ):
        return True
    if area.id == case.catalog.passenger_area(prop) and case.says(_PASSENGER):
        return True
    places = [_parts(words) for words in re.split(r" and |, ", area.words)]
    nouns = set.intersection(*(place & set(_NOUNS) for place in places))
    if nouns - {"windscreen"}:
        return any(case.says(_NOUNS[noun]) for noun in nouns)
    sides = set.intersection(*(place & set(_SIDES) for place in places))
    rows = set.intersection(*(place & set(_ROWS) for place in places))
    if nouns:
        return any(case.says(_ROWS[row]) for row in rows) or (
            rows == {"front"} and case.says(_NOUNS["windscreen"])
        )
    several = sum(other.prop is prop for other in case.targets) > 1
    row_said = all(case.says(_ROWS[row]) for row in rows)
    if several and case.says(_MANY):
        return row_said or not (case.says(_REAR) or case.says(_FRONT))
    side_said = all(case.says(_SIDES[side]) for side in sides)
    if rows == {"rear"} and case.says(r"\bbehind\b") and "centre" not in sides:
        return True
    return bool(sides or rows) and side_said and row_said


def _my(prop: Property) -> str:
    things = "|".join(f"{word}\\w*" for word in sorted(_words_of(prop)) if len(word) > 2)
    return rf"\bmy (?:own )?(?:\w+ )?(?:{things})"


def _seated(case: Case, prop: Property) -> bool:
    """Whether front and driver's side are both said."""
    area = case.catalog.driver_area(prop)
    side = {"left", "right"} & _parts(prop.areas[area].words) if area is not None else set()
    return bool(side) and case.says(_FRONT) and all(case.says(_SIDES[s]) for s in side)


def _parts(words: str) -> set[str]:
    parts = set(words.lower().replace("center", "centre").replace("-", " ").split())
    if "back" in parts or "third" in parts:
        parts.add("rear")
    return parts


def _turn_stated(case: Case, target: Target) -> bool:
    if case.says(_TURN):
        return True
    if target.prop.type in ("Integer", "Float") and not value_names(target.prop):
        return case.says(_MOVE) or case.says(_LEVEL_TURN)
    return case.says(_LEVEL_TURN) and case.names(_words_of(target.prop))


def _number_stated(case: Case, target: Target) -> int:
    """Tell how many steps from a stated number no reading of the words reaches; 0: not stated."""
    value, area, numbers = target.value, target.area, case.numbers
    low, high = area.minimum, area.maximum
    if value and any(number == abs(value) for number in numbers):
        return 1
    if case.says(_STEPS):
        steps = [*numbers, 1.0] if case.says(r"\b(?:an?|another|each) ") else numbers
        steps = [*steps, 2.0] if case.says(r"\bcouple\b") else steps
        if value and any(value in (one + other, one - other) for one in numbers for other in steps):
            return 1
    if case.says(_EXTREME) and low is not None and value in (low, high, 1, -1):
        return max(1, round(0.05 * ((high or low) - low) / _step(target.prop)))
    if case.says(_FAHRENHEIT) and any(abs(value - (n - 32) / 1.8) <= 0.6 for n in numbers):
        return 2
    if low is not None and high is not None and low < value < high and case.says(_FRACTION):
        return max(2, round(0.15 * (high - low) / _step(target.prop)))
    return 0


def _commanded(case: Case, target: Target) -> bool:
    return case.says(_COMMAND) or _turn_stated(case, target) or bool(case.numbers)


def _explicit(case: Case, target: Target) -> bool:
    """Whether the query asks for a thing rather than telling of a need."""
    return _commanded(case, target) if target.changes else case.says(_QUESTION)


# ---------------------------------------------------------------- calls


def _with(target: Target, **arguments: Any) -> ToolCall:
    return ToolCall(target.call.name, {**target.call.arguments, **arguments})


def _make_call(
    catalog: Catalog, prop: Property, area: Area, access: Access, rng: random.Random
) -> ToolCall | None:
    """Make a plausible call; None where the property or the functions do not allow it."""
    function = catalog.function_for.get((access, prop.type))
    allowed = prop.readable if access == "get" else prop.writable and not prop.static
    if function is None or not allowed:
        return None
    arguments: dict[str, Any] = {"propertyName": prop.name, "areaId": area.id}
    if access == "set":
        value = _plausible(prop, area, rng)
        if value is None:
            return None
        arguments["value"] = value
    return ToolCall(function.name, arguments)


def _plausible(prop: Property, area: Area, rng: random.Random) -> Any:
    if prop.type == "Boolean":
        return rng.random() < 0.5
    if prop.type.endswith("Array"):
        return None
    if area.values:
        return rng.choice(area.values)
    if prop.type == "String" or area.minimum is None:
        return None
    high = area.maximum if area.maximum is not None else area.minimum + 100 * _step(prop)
    steps = int((high - area.minimum) / _step(prop))
    return _typed(area.minimum + rng.randint(0, steps) * _step(prop), prop)


def _step(prop: Property) -> float:
    return prop.step or 1


def _typed(value: float, prop: Property) -> Any:
    return round(float(value), 3) if prop.type == "Float" else round(value)


# ---------------------------------------------------------------- breaks that stay legal

Candidates = Callable[[Case, random.Random], Iterator[Answers]]


def _places(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        if _place_stated(case, target):
            for area in target.prop.areas:
                if area != target.area.id:
                    yield case.replaced(target, _with(target, areaId=area))


def _directions(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        if target.changes and _turn_stated(case, target):
            for value in _turned(target):
                yield case.replaced(target, _with(target, value=value))


def _turned(target: Target) -> Iterator[Any]:
    """The values that turn a change into its opposite."""
    value, area, prop = target.value, target.area, target.prop
    if prop.type == "Boolean":
        yield not value
        return
    names = value_names(prop)
    if names:
        opposite = {"on": "off", "off": "on"}.get(names.get(value, ""), "")
        yield from (other for other, name in names.items() if name == opposite)
        return
    low, high = area.minimum, area.maximum
    if prop.type not in ("Integer", "Long", "Float") or low is None or high is None:
        return
    told = re.search(r"\b(?:0|the minimum) is (off|closed|shut)\b", prop.description.lower())
    zero = area.zero or (told[1] if told else "")
    if low < 0 < high and area.minus and zero == "off":
        yield from (-value, 0) if value else (1, -1)
    elif zero in ("off", "shut", "closed"):
        yield from (0,) if value else (high,)
    elif value in (low, high) and area.plus:
        yield low + high - value


def _numbers(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        value, area, prop = target.value, target.area, target.prop
        if (
            not target.changes
            or isinstance(value, bool)
            or not isinstance(value, (int, float))
            or area.values
        ):
            continue
        nearest = _number_stated(case, target)
        for steps in range(nearest, nearest + 5) if nearest else ():
            for sign in (-1, 1):
                changed = _typed(value + sign * steps * _step(prop), prop)
                yield case.replaced(target, _with(target, value=changed))


def _named_values(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        names = value_names(target.prop) if target.changes else {}
        said = re.findall(r"[a-z]+", names.get(target.value, "").lower())
        said = [word for word in said if word != "and"]
        if len(names) < 3 or not said or not all(case.names([word]) for word in said):
            continue
        for value, name in names.items():
            switched = {name, names[target.value]} == {"on", "off"}
            if value != target.value and not switched and value in target.area.values:
                yield case.replaced(target, _with(target, value=value))


def _accesses(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        if _explicit(case, target):
            access: Access = "get" if target.changes else "set"
            call = _make_call(case.catalog, target.prop, target.area, access, rng)
            if call is not None:
                yield case.replaced(target, call)


def _missing(case: Case, rng: random.Random) -> Iterator[Answers]:
    if len(case.targets) > 1:
        yield from (case.replaced(target) for target in case.targets)


def _extras(case: Case, rng: random.Random) -> Iterator[Answers]:
    used = {target.prop.name for target in case.targets}
    read = {(t.prop.category, t.prop.unit) for t in case.targets if not t.changes}
    plain = all(_explicit(case, t) and case.names(_words_of(t.prop)) for t in case.targets)
    categories = {target.prop.category for target in case.targets}
    others = [prop for name, prop in case.catalog.properties.items() if name not in used]
    for prop in rng.sample(others, len(others)):
        access: Access = rng.choice(("get", "set"))
        if (access == "get" and prop.unit and (prop.category, prop.unit) in read) or (
            not plain and prop.category in categories
        ):
            continue
        area = rng.choice(list(prop.areas.values()))
        call = _make_call(case.catalog, prop, area, access, rng)
        if call is not None and prop.spoken_as(access):
            place = rng.randint(0, len(case.sample.answers))
            answers = case.sample.answers
            yield (*answers[:place], call, *answers[place:])
            return


def _extra_places(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        if _place_stated(case, target):
            for area in target.prop.areas:
                if area != target.area.id:
                    yield case.replaced(target, target.call, _with(target, areaId=area))


def _properties(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        if not _explicit(case, target):
            continue
        for other in _confusable(case.catalog, target.prop.name):
            fits = _fits_both(case, target.prop, other)
            access = target.function.kind
            if target.area.id in other.areas and other.spoken_as(access) and not fits:
                yield case.replaced(target, _with(target, propertyName=other.name))


def _fits_both(case: Case, prop: Property, other: Property) -> bool:
    """Whether what is said of the property could as well be meant of the other."""
    own, others = _words_of(prop), _words_of(other)
    if case.names(own - others):
        return False
    return case.names(own & others) or case.names(others - own)


def _confusable(catalog: Catalog, name: str) -> list[Property]:
    """The properties of the same type, category and kind of area.

    Where the catalogue groups nothing, the three whose descriptions share most words.
    """
    prop = catalog.properties[name]
    others = [
        other
        for other in catalog.properties.values()
        if other.name != name
        and (other.type, other.category, other.area_kind)
        == (prop.type, prop.category, prop.area_kind)
    ]
    if prop.category != "other":
        return others
    own = set(re.findall(r"[a-z]{4,}", prop.description.lower()))
    others.sort(key=lambda other: -len(own & set(re.findall(r"[a-z]{4,}", other.description))))
    return others[:3]


def _swaps(case: Case, rng: random.Random) -> Iterator[Answers]:
    for place, one in enumerate(case.targets):
        for other in case.targets[place + 1 :]:
            if one.prop is other.prop and one.area.id != other.area.id:
                answers = list(case.sample.answers)
                answers[one.index] = _with(one, areaId=other.area.id)
                answers[other.index] = _with(other, areaId=one.area.id)
                yield tuple(answers)


def calls_of(sample: Sample) -> Counter[bytes]:
    """Give a sample's calls as a multiset: their order does not count."""
    return Counter(dumps([c.name, c.arguments], sort_keys=True) for c in sample.answers)


def passes(sample: Sample, catalog: Catalog) -> bool:
    """Whether format and execution find nothing."""
    return not verify(sample, catalog).findings


def _mutation(candidates: Candidates) -> Mutation:
    def mutate(sample: Sample, catalog: Catalog, rng: random.Random) -> Sample | None:
        found = list(candidates(Case(sample, catalog), rng))
        right = calls_of(sample)
        for answers in rng.sample(found, len(found)):
            broken = Sample(sample.query, answers)
            if calls_of(broken) != right and passes(broken, catalog):
                return broken
        return None

    return mutate


place = _mutation(_places)
"""Another legal area for a call whose area is stated."""
direction = _mutation(_directions)
"""On for off, open for closed, heat for cool."""
number = _mutation(_numbers)
"""A stated number moved by a few steps."""
named_value = _mutation(_named_values)
"""Another of the named values than the one that is said."""
read_or_change = _mutation(_accesses)
"""A question answered with a change, a command with a reading."""
missing = _mutation(_missing)
"""One of several calls dropped."""
extra = _mutation(_extras)
"""A legal call of another property that nobody asked for."""
extra_place = _mutation(_extra_places)
"""A call that names its place, made in another place too."""
property_ = _mutation(_properties)
"""A property that is easily taken for the right one: same type, category and kind of area."""
swapped = _mutation(_swaps)
"""Two calls of one property with their areas exchanged."""

MEANING: Mapping[str, Mutation] = {
    "place": place,
    "direction": direction,
    "number": number,
    "named_value": named_value,
    "read_or_change": read_or_change,
    "missing": missing,
    "extra": extra,
    "extra_place": extra_place,
    "property": property_,
    "swapped": swapped,
}

# ---------------------------------------------------------------- breaks that the car refuses


def _wrong_types(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        if target.changes:
            value = target.value
            wrong = int(value) if isinstance(value, bool) else str(value)
            yield case.replaced(target, _with(target, value=wrong if wrong != value else [value]))
        yield case.replaced(target, _with(target, areaId=str(target.area.id)))


def _unknown_properties(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        name = target.prop.name
        cut = rng.randrange(1, len(name) - 1)
        for wrong in (name[:cut] + name[cut + 1 :], name.lower(), f"{name}_2"):
            if wrong not in case.catalog.properties:
                yield case.replaced(target, _with(target, propertyName=wrong))


def _out_of_range(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        area = target.area
        if not target.changes or target.prop.type in ("Boolean", "String"):
            continue
        if area.values:
            wrong = [max(area.values) + 1]
        else:
            over = rng.randint(1, 20) * _step(target.prop)
            bounds = ((area.minimum, -over), (area.maximum, over))
            wrong = [bound + by for bound, by in bounds if bound is not None]
        for value in wrong:
            yield case.replaced(target, _with(target, value=_typed(value, target.prop)))


def _unknown_areas(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        for area in (2, 3, 8, 128, 256, 1024, target.area.id + 1):
            if area not in target.prop.areas:
                yield case.replaced(target, _with(target, areaId=area))


def _missing_arguments(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        for name in target.call.arguments:
            rest = {key: v for key, v in target.call.arguments.items() if key != name}
            yield case.replaced(target, ToolCall(target.call.name, rest))


def _unknown_functions(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        for name in (f"{target.call.name}s", target.call.name.lower(), "callProperty"):
            if name not in case.catalog.functions:
                yield case.replaced(target, ToolCall(name, target.call.arguments))


def _repeated(case: Case, rng: random.Random) -> Iterator[Answers]:
    for target in case.targets:
        yield (*case.sample.answers, target.call)


def _structural(candidates: Candidates) -> Mutation:
    def mutate(sample: Sample, catalog: Catalog, rng: random.Random) -> Sample | None:
        found = list(candidates(Case(sample, catalog), rng))
        return Sample(sample.query, rng.choice(found)) if found else None

    return mutate


STRUCTURAL: Mapping[str, Mutation] = {
    "wrong_type": _structural(_wrong_types),
    "unknown_property": _structural(_unknown_properties),
    "out_of_range": _structural(_out_of_range),
    "unknown_area": _structural(_unknown_areas),
    "missing_argument": _structural(_missing_arguments),
    "unknown_function": _structural(_unknown_functions),
    "repeated_call": _structural(_repeated),
}


def mutants(
    mutate: Mutation, sample: Sample, catalog: Catalog, rng: random.Random, limit: int
) -> list[Sample]:
    """Break a sample in one way up to `limit` times, each time differently."""
    found: dict[str, Sample] = {}
    for _ in range(limit):
        broken = mutate(sample, catalog, rng)
        if broken is None:
            break
        found.setdefault(broken.id, broken)
    return list(found.values())
