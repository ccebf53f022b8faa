"""Changes that state where they start: "it's on six, down by two"; and what is only told.

Where a thing stands, and by how much it should change, are in two clauses, in either order. What
the words tell of how things stand isn't wished: "my window's half open, shut it".
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace

from workbench.core.car.catalog import Area
from workbench.core.reading.lexicon import Lexicon
from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.words import TokenSpan

_ClauseOf = Callable[[int], TokenSpan]
_MARKS = frozenset(
    [
        *(",", ".", ";", "!", "?", "and", "but", "so", "then", "because", "though", "or"),
        *("um", "uh", "er", "erm", "hmm"),
    ]
)
_QUESTIONS = frozenset(["is", "are", "was", "what", "whats", "how", "hows", "which", "do", "does"])
_ARTICLES = frozenset(["a", "an", "another", "one", "single", "half"])
_ADJECTIVES = frozenset(["open", "shut", "lower", "cool", "warm"])
_VERB_TO_NUMBER = 4
"""Words between "raise" and "five", at most."""


@dataclass(frozen=True, slots=True)
class ByHowMuch:
    """How far something should change, in a clause.

    at: the tokens (from, to) that say it. amount: how many units, None for one that the words
    don't give. unit: the word for the unit, "" without one. rest: whether it is all that is left of
    the way.
    """

    at: TokenSpan
    clause: TokenSpan
    amount: float | None
    unit: str = ""
    rest: bool = False


@dataclass(frozen=True, slots=True)
class StandsAt:
    """Where something stands. clause: the tokens (from, to) that tell it. number: the token of its
    number, None if words say it. told: whether it can't be wished.
    """

    clause: TokenSpan
    number: int | None
    told: bool

    @property
    def at(self) -> TokenSpan:
        """The tokens (from, to) that say where."""
        if self.number is None:
            return self.clause
        return (self.number, self.number + 1)


@dataclass(frozen=True, slots=True)
class StatedChange:
    """Where something stands, and the steps that it should go from there.

    sure: whether the numbers can't be values of their own.
    """

    start: StandsAt
    steps: tuple[ByHowMuch, ...]
    sure: bool

    @property
    def spans(self) -> tuple[TokenSpan, ...]:
        return (self.start.at, *(step.at for step in self.steps))


@dataclass(frozen=True, slots=True)
class WordsTold:
    """What a text tells of how things stand.

    barriers: numbers that say where something should end, each with its clause. clauses: tokens
    (from, to) that only tell, and wish nothing. referring: clauses that speak of what was told, as
    "it".
    """

    starts: tuple[StandsAt, ...] = ()
    steps: tuple[ByHowMuch, ...] = ()
    barriers: tuple[tuple[TokenSpan, int], ...] = ()
    clauses: tuple[TokenSpan, ...] = ()
    referring: tuple[TokenSpan, ...] = ()

    def tells(self, at: int) -> bool:
        """Whether a token is only told, or counts from what was told: "the rest of the way"."""
        steps = (s.at for s in self.steps if self.starts and (s.rest or s.unit))
        return any(begin <= at < end for begin, end in (*self.clauses, *steps))

    def changes(
        self,
        may_be: Callable[[TokenSpan], bool] = lambda _: True,
        fits: Callable[[ByHowMuch], bool] = lambda _: True,
    ) -> list[StatedChange]:
        """Give each step the start nearest before it, else the told one that is nearest after it.

        may_be: whether a clause may be about what is asked for. fits: whether a step may.
        """
        starts = [start for start in self.starts if may_be(start.clause)]
        steps = [step for step in self.steps if may_be(step.clause) and fits(step)]
        ends = [at for clause, at in self.barriers if may_be(clause)]
        groups: dict[StandsAt, list[ByHowMuch]] = {}
        for step in steps:
            chosen = _start_of(step, starts, ends)
            if chosen is not None:
                groups.setdefault(chosen, []).append(step)
        alone = len(starts) + len(steps) + len(ends) <= _START_AND_STEP
        changes: list[StatedChange] = []
        for start, own in groups.items():
            measured = [step for step in own if step.amount is not None or step.rest]
            sure = start.told or alone or any(step.clause in self.referring for step in own)
            if measured or (start.told and own[0].at > start.at):
                changes.append(StatedChange(start, tuple(measured or own[:1]), sure))
        return changes


def _start_of(step: ByHowMuch, starts: Sequence[StandsAt], ends: Sequence[int]) -> StandsAt | None:
    before = [start for start in starts if start.at < step.at]
    if before:
        ahead = before[-1].at[0]
        return None if any(ahead < end < step.at[0] for end in ends) else before[-1]
    after = [start for start in starts if start.told and start.number is not None]
    return after[0] if after and step.amount is not None else None


NOTHING_TOLD = WordsTold()
_START_AND_STEP = 2


class ChangeWords:
    """Reads stated changes by a lexicon's words around numbers."""

    def __init__(self, lexicon: Lexicon) -> None:
        def words(name: str) -> frozenset[str]:
            return frozenset(lexicon.numbers.get(name, ()))

        self._stands, self._now = words("stands"), words("stands_now")
        self._wished, self._predicates = words("wished"), words("predicates")
        self._telling = self._stands | self._now | {"from", "have"}
        self._goes_to, self._label = words("goes_to"), words("label")
        self._before, self._way, self._after = (
            words("step_before"),
            words("step_way"),
            words("step_after"),
        )
        self._verbs, self._units = words("step_verbs"), words("step_units")
        commands = {p for p in lexicon.classes.get("command", ()) if " " not in p}
        self._commands = commands | self._verbs | words("wish_begins")
        self._goes_on, self._spoken_of = words("wish_goes_on"), words("spoken_of")
        self._changing = self._before | self._way | self._after | self._units | self._spoken_of
        self._changing |= self._verbs | {"rest"}
        self._little, self._bare = words("little_steps"), words("bare_steps")
        self._whole = words("least") | words("most")

    def read(self, text: QueryText, numbers: Sequence[int], *, degrees: Sequence[int]) -> WordsTold:
        """Read a text. numbers: its tokens that may be values; degrees: tokens of words for them,
        such as "half" and "high".
        """
        clauses = self._clauses(text)
        if len(clauses) < 2 and "from" not in text.held:
            return NOTHING_TOLD
        begins = [begin for begin, _ in clauses]

        def clause_of(at: int) -> TokenSpan:
            return clauses[max(0, bisect_right(begins, at) - 1)]

        states = [
            clause
            for clause in clauses
            if self._is_state(text, *clause)
            or (
                self._may_be_state(text, *clause)
                and self._goes_elsewhere(text, clause, clauses, numbers)
            )
        ]
        steps = self._steps(text, numbers, states, clause_of)
        stepping = {i for step in steps for i in range(*step.at)}
        starts: list[StandsAt] = []
        barriers: list[tuple[TokenSpan, int]] = []
        for i in numbers:
            if i in stepping:
                continue
            clause = clause_of(i)
            if i and text.words[i - 1] == "from":
                starts.append(StandsAt((i - 1, i + 1), i, told=True))
            elif clause in states:
                starts.append(StandsAt(clause, i, told=True))
            elif self._aims(text, i, clause):
                barriers.append((clause, i))
            elif not self._opens_with_wish(text, *clause):
                starts.append(StandsAt(clause, i, told=False))
        numbered = {start.clause for start in starts}
        starts += [
            StandsAt(clause, None, told=True)
            for clause in states
            if clause not in numbered and self._says_where(text, clause, degrees)
        ]
        starts.sort(key=lambda start: start.at)
        referring = [c for c in clauses if self._spoken_of & {*text.words[slice(*c)]}]
        told = WordsTold(tuple(starts), tuple(steps), tuple(barriers), (), tuple(referring))
        only = [change.start.clause for change in told.changes() if change.start.told]
        only += [
            clause
            for clause in states
            if clause not in only and self._goes_elsewhere(text, clause, clauses, numbers)
        ]
        return replace(told, clauses=tuple(only))

    def may_tell(self, text: QueryText, numbers: Sequence[int]) -> bool:
        """Whether a text has words for how things stand and for what should become of them."""
        if self._changing.isdisjoint(text.held):
            return len(numbers) > 1 and not self._telling.isdisjoint(text.held)
        if not self._telling.isdisjoint(text.held) or len(numbers) > 1:
            return True
        unit = numbers and not _ARTICLES.isdisjoint(text.held)
        return bool(unit) or "'s" in text.query or "’s" in text.query

    # ------------------------------------------------------------ clauses

    def _clauses(self, text: QueryText) -> list[TokenSpan]:
        """Cut a text at marks and links, and where a wish begins without one."""
        words = text.words
        found: list[TokenSpan] = []
        begin = 0
        for i, word in enumerate(words):
            if word in _MARKS or (word == "with" and words[i + 1 : i + 2] != ["#"]):
                if begin < i:
                    found.append((begin, i))
                begin = i + 1
            elif i > begin and word in self._commands and self._begins_wish(text, i):
                found.append((begin, i))
                begin = i
        if begin < len(words):
            found.append((begin, len(words)))
        return found

    def _begins_wish(self, text: QueryText, i: int) -> bool:
        words = text.words
        following = words[i + 1] if i + 1 < len(words) else ""
        if following not in self._goes_on or (following in ("#", "a") and words[i] in _ADJECTIVES):
            return False
        ahead = words[i - 1]
        adjective = ahead in self._stands or self._is_short_is(text, i - 1)
        led = ahead in self._commands and ahead not in _ADJECTIVES
        return not (adjective or led or ahead in ("to", "the", "my", "half"))

    def _is_short_is(self, text: QueryText, i: int) -> bool:
        """Whether a word ends like "fan's", which may be short for "fan is"."""
        if i + 1 < len(text.words) and text.words[i + 1] not in self._predicates:
            return False  # "the passenger's seat"
        token = text.tokens[i]
        return text.query[token.end - 2 : token.end].lower() in ("'s", "’s")

    def _is_state(self, text: QueryText, begin: int, end: int) -> bool:
        """Whether a clause tells how things stand, and wishes nothing."""
        words = text.words[begin:end]
        if words[0] in _QUESTIONS or self._wished & {*words}:
            return False
        if words[0] in ("i", "we") and words[1:2] == ["have"]:
            return True
        if self._now & {*words} and words[0] not in self._commands:
            return True
        for i in range(end - 1, begin - 1, -1):
            if text.words[i] in self._stands or self._is_short_is(text, i):
                return text.words[begin] not in self._verbs or i > begin + 1
        return False

    def _may_be_state(self, text: QueryText, begin: int, end: int) -> bool:
        """Whether a clause has a plural that may be short for "is": "sunroofs half open"."""
        if "'" in text.query or "’" in text.query or self._wished & {*text.words[begin:end]}:
            return False
        pairs = zip(text.words[begin : end - 1], text.words[begin + 1 : end], strict=True)
        return text.words[begin] not in self._commands and any(
            word.endswith("s") and following in self._predicates for word, following in pairs
        )

    def _opens_with_wish(self, text: QueryText, begin: int, end: int) -> bool:
        return any(word in self._commands for word in text.words[begin : begin + 3]) or bool(
            self._wished & {*text.words[begin:end]} - {"do", "be", "fine", "enough", "will"}
        )

    def _says_where(self, text: QueryText, clause: TokenSpan, degrees: Sequence[int]) -> bool:
        begin, end = clause
        return any(begin <= at < end for at in degrees) or bool(
            self._whole & {*text.words[begin:end]}
        )

    def _goes_elsewhere(
        self,
        text: QueryText,
        clause: TokenSpan,
        clauses: Sequence[TokenSpan],
        numbers: Sequence[int],
    ) -> bool:
        """Whether a later clause says what should become of what one tells: "…, shut it"."""
        for begin, end in clauses:
            if begin <= clause[0]:
                continue
            words = text.words[begin:end]
            opens = any(word in self._commands for word in words[:3])
            if opens and self._spoken_of & {*words[1:4]}:
                return True
            if any(begin <= i < end for i in numbers) and (
                opens or self._wished & {*words} - {"if", "please", "can", "could"}
            ):
                return self._spoken_of & {*words} != frozenset()
        return False

    # ------------------------------------------------------------ steps

    def _steps(
        self,
        text: QueryText,
        numbers: Sequence[int],
        states: Sequence[TokenSpan],
        clause_of: _ClauseOf,
    ) -> list[ByHowMuch]:
        words = text.words
        found: list[ByHowMuch] = []
        for i in numbers:
            clause = clause_of(i)
            if clause not in states and self._is_step(text, i, clause):
                unit = words[i + 1] if i + 1 < len(words) and words[i + 1] in self._units else ""
                amount, end = abs(text.tokens[i].number or 0.0), i + (2 if unit else 1)
                if words[end : end + 3] == ["and", "a", "half"]:
                    amount += 0.5
                found.append(ByHowMuch((i, end), clause, amount, unit))
        taken = {i for step in found for i in range(*step.at)}
        for i, word in enumerate(words):
            if i in taken or clause_of(i) in states or not i:
                continue
            if word in self._units and words[i - 1] in _ARTICLES:
                half = words[i - 1] == "half" or words[i - 2 : i] == ["half", "a"]
                more = words[i + 1 : i + 4] == ["and", "a", "half"]
                amount = 0.5 if half else 1.5 if more else 1.0
                begin, end = i - (2 if words[i - 2 : i] == ["half", "a"] else 1), i + 1
                found.append(ByHowMuch((begin, end + 3 * more), clause_of(i), amount, word))
            elif word == "rest" or words[i - 1 : i + 1] == ["remaining", "way"]:
                begin = i - (words[i - 1] == "the")
                found.append(ByHowMuch((begin, i + 1), clause_of(i), None, rest=True))
        bare = {step.clause for step in found}
        for i, word in enumerate(words):
            if word not in self._bare or i in taken:
                continue
            here = clause_of(i)
            measured = any(here[0] <= n < here[1] for n in numbers)
            if here in states or here in bare or measured or self._whole & {*words[slice(*here)]}:
                continue
            bare.add(here)
            found.append(ByHowMuch((i, i + 1), here, None))
        return sorted(found, key=lambda step: step.at)

    def _is_step(self, text: QueryText, i: int, clause: TokenSpan) -> bool:
        """Whether a number says by how much: "by two", "two notches up", "raise it five"."""
        words = text.words
        ahead = i - 1
        before = words[ahead] if ahead >= clause[0] else ""
        after = i + 1
        if after < len(words) and words[after] in self._units:
            after += 1
        following = words[after] if after < clause[1] else ""
        signed = text.query[text.tokens[i].start :][:5].lower().startswith(("plus", "minus", "+"))
        if before in self._before or (signed and ahead < clause[0]):
            return True
        if following in self._after or words[after : after + 2] in (["on", "top"], ["to", "it"]):
            return before not in ("to", "from")
        while ahead > clause[0] and words[ahead] in self._label:
            ahead -= 1
        before = words[ahead] if ahead >= clause[0] else ""
        if before in self._goes_to:
            return False
        if words[i + 1 : i + 2] and words[i + 1] in self._units and before in ("for", "with"):
            return True
        if before in self._way or before == "with":
            return True
        led = words[max(clause[0], i - _VERB_TO_NUMBER) : i]
        return bool(self._verbs & {*led}) and not self._goes_to & {*led}

    def _aims(self, text: QueryText, i: int, clause: TokenSpan) -> bool:
        """Whether a number is where something should end: "to four", "make it four"."""
        ahead = i - 1
        while ahead > clause[0] and text.words[ahead] in self._label:
            ahead -= 1
        return ahead >= clause[0] and text.words[ahead] in ("to", "until", "till", "it")


class ChangeWays:
    """Tells which way steps go, by the words around them."""

    def __init__(self, lexicon: Lexicon) -> None:
        def words(name: str) -> frozenset[str]:
            return frozenset(lexicon.numbers.get(name, ()))

        self._rising, self._falling = words("rising"), words("falling")
        self._opening, self._shutting = words("opening"), words("shutting")
        self._opens_by, self._shuts_by = words("opens_by"), words("shuts_by")
        self._ahead, self._astern = words("ahead"), words("astern")
        self._below = words("below_zero")
        self._little = words("little_steps")
        self.notches = words("step_notches")
        self.least, self.most = words("least"), words("most")

    def signs(self, text: QueryText, area: Area, step: ByHowMuch) -> tuple[int, ...]:
        """Return 1 for more, -1 for less, both if the words of the step don't say."""
        words = {*text.words[slice(*step.clause)]}
        if area.plus.startswith("open"):
            ways = [(self._opening, self._shutting), (self._shuts_by, self._opens_by)]
            for number, (more, less) in enumerate(ways):
                up, down = bool(words & more), bool(words & less)
                if up != down:
                    return (1,) if up == (number == 0) else (-1,)
            return (1, -1)
        if "forward" in area.plus:
            up, down = bool(words & self._ahead), bool(words & self._astern)
        else:
            up, down = bool(words & self._rising), bool(words & self._falling)
        return (1,) if up and not down else (-1,) if down and not up else (1, -1)

    def is_below(self, text: QueryText, area: Area, words: Set[str]) -> bool:
        """Whether words put a number below zero: "two notches back", "cooling on two"."""
        if "forward" in area.plus:
            return bool(words & self._astern)
        if area.minus and area.zero and "middle" not in area.zero:
            return bool(text.held & self._below)
        return False

    def is_little(self, text: QueryText, step: ByHowMuch) -> bool:
        """Whether a step is only a bit further."""
        return bool(self._little & {*text.words[slice(*step.clause)]})
