"""What the grounding rules share: calls, value words, and ways to look at a query."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.overlay import Access
from workbench.core.car.policy import Policy
from workbench.core.reading.lexicon import Lexicon, expand, to_regex
from workbench.core.reading.mentions import PropertyMention
from workbench.core.reading.phrase_index import PhraseIndex
from workbench.core.reading.positions import NamedPlace
from workbench.core.reading.query_text import SENTENCE_ENDS, QueryText
from workbench.core.reading.query_values import ValueWords
from workbench.core.reading.reader import QueryReader, QueryReading, RequestSpan
from workbench.core.samples import ToolCall

FLIPPED = {"true": "false", "false": "true", "=0": "!=0", "!=0": "=0", "=1": "=0", ">0": "=0"}
_CLAUSE_START = re.compile(
    r" (?:,|and|but|so|or|then|hey|hi|hello|okay|ok|well|oh|um|quick question|tell me|please"
    r"|car|help me|help us|help"
    r"|by the way|also|now|mate|just wondering|sorry|excuse me|plus|next|finally|besides that"
    r"|on top of that|(?:while|whilst) youre (?:at it|there)|last of all)(?= )"
    r"|(?<![^,.!?;]) right(?= )"
)
_WEAK_VERBS = frozenset(
    [
        "get",
        "give",
        "go",
        "let",
        "leave",
        "keep",
        "hold",
        "take",
        "run",
        "light",
        "please",
        "have",
        "clear",
        "check",
    ]
)
_ARRANGES = re.compile(
    r"(?:(?:dont|do not|never) )?(?:get|have|let|leave|keep|hold|take|run) (?!me know )[a-z#]"
)
_NOT_KEPT = re.compile(r" (?:dont|do not|never) (?:you )?(?:leave|keep|let)( [^,.;]* )$")
_WISHES = frozenset({"need", "want", "should", "must", "ought", "better"})
_FEW = 2
"""Words between which there is no room for a negation."""
_INNER_NEGATION = re.compile(r" (?:not|nothing|never|nowhere|without|nor) ")
_LINKS = frozenset({"and", "then", "but", "also", "plus", ",", "while", "oh", "so"})
_CONTRAST = re.compile(
    r"(?<! not)(?<! dont)(?<! it)(?<! them)(?<! that)(?<! to)(?<! want)(?<! be)(?<! think)"
    r"(?<! know) (?:just|only|but|i want|i need|id like|i would like"
    r"|(?:could|can|would|will) (?:you|we|i)|please"
    r"|(?<! never)(?<! neednt)(?<! you)(?:switch|turn|put|set|make|leave|unlock)"
    r" (?:it|them|em|that)) "
)
_ON_BODY = re.compile(r"on (?:my|his|her|our|their|your) (?:face|feet|head|legs) ")
_LINK = re.compile(r" (?:and|but|so|then) ")
BRANCHES = frozenset({">0", "<0", "!=0"})
_REMEMBERED_PARTS = 10_000
_SWITCHES = frozenset({"on", "off"})
RESULTS = frozenset(
    [
        *("on", "off", "open", "opened", "closed", "shut", "locked", "unlocked", "folded"),
        *("unfolded", "in", "out", "up", "down", "going", "running", "automatic", "auto"),
    ]
)
"""What something should come to: "get it shut", "let it down"."""
_NO_NEGATION = frozenset({"forget", "hesitate", "worry", "mind", "know", "think", "care"})


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """A call without format or execution errors."""

    index: int
    call: ToolCall
    prop: Property
    area: Area
    kind: Access
    value: Any

    @property
    def path(self) -> tuple[str | int, ...]:
        return ("answers", self.index)


def usable(catalog: Catalog, index: int, call: ToolCall) -> CheckedCall | None:
    """Return a call prepared for the rules, or None if other stages object to it."""
    arguments = call.arguments
    function = catalog.functions.get(call.name)
    name, area_id = arguments.get("propertyName"), arguments.get("areaId")
    if function is None or not isinstance(name, str) or type(area_id) is not int:
        return None
    prop = catalog.properties.get(name)
    area = prop.areas.get(area_id) if prop else None
    if prop is None or area is None:
        return None
    return CheckedCall(index, call, prop, area, function.kind, arguments.get("value"))


class ValueWord(NamedTuple):
    """A value word: the value it means, its place in the stretch of words, and the word itself."""

    spec: str
    at: int
    word: str


class ClassPatterns(dict[str, re.Pattern[str]]):
    """The lexicon's classes, each as one pattern over `QueryText.flat`.

    A pattern is compiled when it is first asked for: a first sample would wait long for them all.
    """

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._phrases = classes

    def __missing__(self, name: str) -> re.Pattern[str]:
        found = self[name] = any_of(expand(self._phrases[name], self._phrases))
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._phrases

    def get(self, name: str, default: Any = None) -> Any:
        """Return a class's pattern, the default for a lexicon without the class."""
        return self[name] if name in self._phrases else default


class GroundingRules:
    """What the rules of this stage share for one vehicle: its reader and compiled phrases.

    classes: the lexicon's, as patterns. specs: for each property the phrases of its value words,
    with the value each means. relief: for each property that serves needs, the phrases for these,
    with the values that serve. sparse: whether the lexicon is that of another language, so that
    words which it lacks may ask for a call.
    """

    def __init__(
        self, catalog: Catalog, lexicon: Lexicon, policy: Policy, *, sparse: bool = False
    ) -> None:
        self.catalog = catalog
        self.sparse = sparse
        self.policy = policy
        self.reader = QueryReader(catalog, lexicon)
        self.values = ValueWords(lexicon, policy, self.reader.book)
        self._packs: dict[str, GroundingRules] = {}
        self._commands: dict[str, bool] = {}
        self._questions: dict[str, bool] = {}
        self._reports: dict[str, bool] = {}
        self._said_of: QueryText | None = None
        self._said: dict[tuple[str, int, int], list[ValueWord]] = {}
        noise = [(phrase, "") for phrase in expand(("@noise",), lexicon.classes)]
        self.specs = {
            name: PhraseIndex(
                [
                    (phrase, spec)
                    for spec, phrases in words.words.items()
                    for phrase in expand(phrases, lexicon.classes)
                ]
                + noise,
                self.reader.book,
                across=True,
            )
            for name, words in self.reader.words.items()
        }
        self.relief = {
            name: PhraseIndex(
                [
                    (phrase, served)
                    for served, phrases in words.relief.items()
                    for phrase in expand(phrases, lexicon.classes)
                ],
                self.reader.book,
            )
            for name, words in self.reader.words.items()
            if words.relief
        }
        self.classes = ClassPatterns(lexicon.classes)

    def read(self, query: str) -> "tuple[GroundingRules, QueryReading]":
        """Read a query in its language: return the rules with its word lists, and the reading."""
        reading = self.reader.read(query)
        language = self.reader.language_of(query) if reading.strange else ""
        if not language:
            return self, reading
        if language not in self._packs:
            lexicon = self.reader.lexicon.packs[language]
            own = GroundingRules(self.catalog, lexicon, self.policy, sparse=True)
            self._packs[language] = own
        other = self._packs[language]
        return other, other.reader.read(query)

    def said(self, name: str, reading: QueryReading, begin: int, end: int) -> list[ValueWord]:
        """Return the value words of a property among tokens (from, to), negations applied."""
        if self._said_of is not reading.text:
            self._said_of, self._said = reading.text, {}
        key = (name, begin, end)
        found = self._said.get(key)
        if found is None:
            found = self._said[key] = self._find_said(name, reading, begin, end)
        return found

    def _find_said(self, name: str, reading: QueryReading, begin: int, end: int) -> list[ValueWord]:
        found = self.value_words(name, reading.text, begin, end)
        if not found:
            return []
        part = words_of(reading, begin, end)
        kept: list[tuple[int, int, str]] = []
        for match in found:
            if self._breaks_off(part, *match[:2]):
                continue
            if not any(k[:2] != match[:2] and _covers(k, match, part) for k in kept):
                kept.append(match)
        told = self.values.told(reading.text).clauses if kept else ()
        said: list[ValueWord] = []
        negated: list[tuple[str, ValueWord]] = []
        denied = bool(kept) and self._denied_ahead(reading, begin, part)
        lead = self._lead(reading, begin, part) if kept else ""
        for start, stop, spec in kept:
            around = part[max(0, start - 24) : stop]
            if _is_seat_in_middle(part, start, stop, begin, reading):
                continue
            if told and _within(begin + len(part[:start].split()), told):
                continue  # "my window's half open, …"
            if not spec or self.classes["instead"].search(around):
                continue
            word = ValueWord(spec, start, part[start:stop].strip())
            if denied == self.negated(lead + part, len(lead) + start):
                said.append(word)
            elif (turned := self._turned(name, spec)) is not None:
                negated.append((spec, word._replace(spec=turned)))
        # "Not heated, cooled": what is not to be is settled by what is.
        plain = {word.spec for word in said}
        said += [word for spec, word in negated if not plain - {spec}]
        return sorted(said, key=lambda word: word.at)

    def _breaks_off(self, part: str, start: int, stop: int) -> bool:
        """Whether a negation, a contrast or another clause is within words: "legs only, not my
        face" isn't both.
        """
        if part.count(" ", start, stop) <= _FEW:
            return False
        if _INNER_NEGATION.search(part, start, stop):
            return True
        links = _LINK.finditer(part, start, stop)
        if any(self.classes["verb"].match(part, link.end()) for link in links):
            return True
        return bool(_CONTRAST.search(part, start, stop)) and self.negated(part, start)

    def _turned(self, name: str, spec: str) -> str | None:
        """Return what a negated value word means: "not on" is off, "not automatic" is unknown."""
        meant = FLIPPED.get(spec)
        return None if meant == "=0" and meant not in self.reader.words[name].words else meant

    def signs(self, name: str, reading: QueryReading, begin: int, end: int) -> set[str]:
        """Return the signs that words among tokens (from, to) have, also inside longer ones."""
        found = self.specs[name].find(reading.text, begin, end)
        return {spec for _, _, spec in found if spec in (">0", "<0")}

    def _lead(self, reading: QueryReading, begin: int, part: str) -> str:
        """Return what a stretch goes on from, as "folded in" from "the mirrors shouldn't be"."""
        first, _ = sentence(begin, begin + 1, reading)
        if part.split(maxsplit=1)[0] in _LINKS or reading.text.words[begin - 1] == ",":
            return ""
        if self.classes["verb"].match(part, 1):
            return ""
        return words_of(reading, first, begin)[:-1] if first < begin else ""

    def value_words(
        self, name: str, text: QueryText, begin: int, end: int
    ) -> list[tuple[int, int, str]]:
        """Return the value words of a property among tokens (from, to) as they are said, longest
        first: from where to where in these tokens' part of `QueryText.flat`, and what they mean.
        """
        found = self.specs[name].find(text, begin, end)
        if not found:
            return found
        offsets = text.offsets
        ahead = offsets[begin] - 1
        matches = [(offsets[b] - ahead, offsets[e] - ahead, spec) for b, e, spec in found]
        matches.sort(key=lambda match: (match[0] - match[1], match[0]))
        return matches

    def _denied_ahead(self, reading: QueryReading, begin: int, part: str) -> bool:
        """Whether a negation ahead is about this too: "don't leave his door and mine locked"."""
        if not part.startswith(" and "):
            return False
        if any(self.classes[name].match(part, len(" and ")) for name in ("verb", "negation")):
            return False
        first, _ = sentence(begin, begin + 1, reading)
        kept = _NOT_KEPT.search(words_of(reading, first, begin))
        return kept is not None and not RESULTS & set(kept[1].split())

    def negated(self, part: str, at: int) -> bool:
        """Whether there is a negation shortly before a place, in the same sentence."""
        head = part[:at]
        head = head[max(head.rfind(mark) for mark in (" . ", " ? ", " ! ", " ; ", " , ")) + 1 :]
        for link in _LINK.finditer(head):
            if self.classes["verb"].match(head, link.end()):
                head = head[link.end() - 1 :]  # "stop that and give me …"
                break
        for contrast in _CONTRAST.finditer(head):
            if not self.classes["negation"].search(" " + head[contrast.end() - 1 :]):
                head = head[contrast.end() - 1 :]  # "not on my face, just on my feet"
                break
        count = 0
        for match in self.classes["negation"].finditer(" " + head):
            if match.group().strip() == "nor" and " neither " in head:
                continue
            following = (head[match.end() - 1 :].split() or [""])[0]
            if match.group() == "enough " and following in ("for", "to"):
                continue  # "halfway is enough for it"
            if following not in _NO_NEGATION and not head[: match.start() - 1].rstrip().endswith(
                "why"
            ):
                count += 1
        if not count:
            return False
        tail = part[at:]
        stop = re.search(r" [.?!;,] ", tail)
        tail = tail[: stop.start() + 1] if stop else tail
        if re.search(r" (?:any more|anymore|any longer|no longer) ", " " + tail):
            count = max(count, 1)
        return count % 2 == 1

    def opens_with_command(self, part: str) -> bool:
        """Whether a clause in the part begins with a verb that changes something."""
        found = self._commands.get(part)
        if found is None:
            found = _remember(self._commands, part, self._opens_with_command(part))
        return found

    def _opens_with_command(self, part: str) -> bool:
        command = self.classes["command"]
        for start in _clause_starts(part):
            found = command.match(part, start)
            if (
                found
                and found.group().strip() not in _WEAK_VERBS
                and part[found.end() : found.end() + 1].isalnum()
                and not part.startswith("to know ", found.end())
            ):
                return True
        return False

    def opens_with_question(self, part: str) -> bool:
        """Whether a clause in the part begins like a question."""
        found = self._questions.get(part)
        if found is None:
            found = _remember(self._questions, part, self._opens_with_question(part))
        return found

    def _opens_with_question(self, part: str) -> bool:
        question, statement = self.classes["question"], self.classes["statement"]
        for start in _clause_starts(part):
            if question.match(part, start) and not statement.match(part, start):
                return True
        return False

    def opens_with_arranging(self, part: str) -> bool:
        """Whether a clause begins like "get the boot …", "don't leave his door …": a command if
        what something should come to follows.
        """
        return any(_ARRANGES.match(part, start) for start in _clause_starts(part))

    def reports(self, part: str) -> bool:
        """Whether the words ask for a report; "I think we need it on" doesn't."""
        found = self._reports.get(part)
        if found is None:
            found = _remember(self._reports, part, self._asks_for_report(part))
        return found

    def _asks_for_report(self, part: str) -> bool:
        found = (set(m.group().split()) for m in self.classes["report"].finditer(part))
        return any("know" in words or not words & _WISHES for words in found)

    def changes(self, part: str) -> bool:
        """Whether a verb says that something should change; "get" and "have" alone don't."""
        found = {m.group().strip() for m in self.classes["command"].finditer(part)}
        return bool(found - _WEAK_VERBS)

    @staticmethod
    def beside(
        said: list[ValueWord], request: RequestSpan, reading: QueryReading, begin: int
    ) -> bool:
        """Whether a value word is next to the mention: "heating" alone is a name, not a wish."""
        if not said:
            return False
        offsets = reading.text.offsets
        ahead = offsets[begin]
        start = max(0, offsets[request.mention.begin] - ahead)
        stop = max(0, offsets[request.mention.end] - ahead)
        for spec, at, word in said:
            if not start < at < stop or word in _SWITCHES:
                return True
            if at == start + 1 and spec not in BRANCHES:
                return True
        return False


def _within(at: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(begin <= at < end for begin, end in spans)


def _is_seat_in_middle(part: str, start: int, stop: int, begin: int, reading: QueryReading) -> bool:
    """Whether a value word is where someone sits: "the middle seat in the back"."""
    if "middle" not in part[start:stop]:
        return False
    first = begin + len(part[:start].split())
    last = first + len(part[start:stop].split())
    return any(
        place.begin < last
        and first < place.end
        and any(one.row and one.column == "C" for one in place.selectors)
        for place in reading.places
    )


def _clause_starts(part: str) -> list[int]:
    """Return where in a part its clauses begin."""
    return [1, *[found.end() + 1 for found in _CLAUSE_START.finditer(part)]]


def _remember(known: dict[str, bool], part: str, found: bool) -> bool:
    if len(known) > _REMEMBERED_PARTS:
        known.clear()
    known[part] = found
    return found


def says(rules: GroundingRules, name: str, flat: str) -> bool:
    """Whether words of a class are in a text; a lexicon without the class says nothing."""
    pattern = rules.classes.get(name)
    return pattern is not None and pattern.search(flat) is not None


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("(?<= )(?:" + "|".join(f"(?:{to_regex(p)})" for p in phrases) + ")")


def words_of(reading: QueryReading, begin: int, end: int) -> str:
    if begin >= end:
        return " "
    text = reading.text
    return text.flat[text.offsets[begin] - 1 : text.offsets[end]]


def segments(reading: QueryReading) -> Iterator[tuple[int, int]]:
    """Cut a text at sentence ends, commas and "and"."""
    begin = 0
    for i, word in enumerate(reading.text.words):
        if word in _CUTS:
            yield begin, i
            begin = i + 1
    yield begin, len(reading.text.tokens)


_CUTS = SENTENCE_ENDS | {",", "and", "but", "then"}


def requests_of(name: str, reading: QueryReading) -> list[RequestSpan]:
    """Return the requests that name a property, or else those that may mean it."""
    named = [r for r in reading.requests if name in r.mention.names or name in r.mention.asks]
    if not named:
        return [r for r in reading.requests if name in r.mention.all]
    if len(named) == len(reading.requests):
        return named
    # What may mean it and is in the same sentence belongs to it: "fresh air, no recirculation".
    spans = [sentence(r.mention.begin, r.mention.end, reading) for r in named]
    return [
        r
        for r in reading.requests
        if r in named or (name in r.mention.all and any(b <= r.mention.begin < e for b, e in spans))
    ]


def whole(name: str, calls: Sequence[CheckedCall], reading: QueryReading) -> list[RequestSpan]:
    """If the query has no word for the only property called, take all of it as a request for that.

    "Light off for her, she sits behind me": whatever it is about, the place is given.
    """
    if any(call.prop.name != name for call in calls) or any(
        r.mention.names or r.mention.asks or r.mention.needs for r in reading.requests
    ):
        return []
    size = len(reading.text.tokens)
    return [RequestSpan(PropertyMention(0, size, shared=frozenset({name})), 0, size)]


def settle(reading: QueryReading, called: frozenset[str]) -> QueryReading:
    """Return the reading with vague mentions given to the request in the same sentence that names
    its property.

    "Glove box lid, sixty percent open": "percent" may mean the battery's charge, but here it
    belongs to the lid. A vague mention stays a request if nothing else mentions the call.
    """
    sure = frozenset().union(*(r.mention.names | r.mention.asks for r in reading.requests))
    alone = called - sure
    kept: list[RequestSpan] = []
    ahead: int | None = None
    for request in reading.requests:
        mention = request.mention
        vague = not (mention.names or mention.asks or mention.needs or mention.shared & alone)
        last = kept[-1] if kept else None
        if vague and last and not _parted(last.mention.end, mention.begin, reading):
            kept[-1] = replace(last, end=request.end)
        elif vague and ahead is None:
            ahead = request.begin
            kept.append(request)
        else:
            if ahead is not None and last and not _parted(last.mention.end, mention.begin, reading):
                kept[-1:] = [replace(request, begin=ahead)]
            else:
                kept.append(request)
            ahead = None
    if len(kept) == len(reading.requests):
        return reading  # as it was
    return replace(reading, requests=tuple(kept))


def _parted(begin: int, end: int, reading: QueryReading) -> bool:
    ends = reading.text.ends
    return bool(ends) and bisect_left(ends, begin) < bisect_left(ends, end)


def sentence(begin: int, end: int, reading: QueryReading) -> tuple[int, int]:
    """Return the tokens (from, to) of the sentences that tokens (from, to) are in."""
    ends, size = reading.text.ends, len(reading.text.tokens)
    before = bisect_left(ends, begin)
    first = ends[before - 1] + 1 if before else 0
    if end < size:
        behind = bisect_left(ends, end - 1)
        end = ends[behind] + 1 if behind < len(ends) else size
    return first, end


def clause(begin: int, end: int, reading: QueryReading) -> tuple[int, int]:
    words = reading.text.words
    size = len(words)
    while begin > 0 and words[begin - 1] not in _BEFORE_CLAUSES:
        begin -= 1
    while end < size and words[end] not in _AFTER_CLAUSES:
        end += 1
    return begin, end


_AFTER_CLAUSES = SENTENCE_ENDS | {",", "and"}
_BEFORE_CLAUSES = _AFTER_CLAUSES | {"but"}


def _covers(longer: tuple[int, int, str], match: tuple[int, int, str], part: str) -> bool:
    """Whether a match is part of a longer one. In "on my face", which is no "on", face is a word
    of its own.
    """
    if not inside(match, longer):
        return False
    return match[0] == longer[0] or bool(longer[2]) or not _ON_BODY.match(part, longer[0])


def inside(match: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return other[0] <= match[0] and match[1] <= other[1]


def overlaps(place: NamedPlace, request: RequestSpan) -> bool:
    return place.begin < request.mention.end and request.mention.begin < place.end


def only_needed(call: CheckedCall, requests: Sequence[RequestSpan]) -> bool:
    """Whether the words only give the reason for the call: "my hands are freezing"."""
    name = call.prop.name
    return any(name in r.mention.needs for r in requests) and not any(
        name in r.mention.names | r.mention.asks for r in requests
    )
