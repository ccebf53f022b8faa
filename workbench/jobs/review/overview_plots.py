"""The plots of an overview: bars, each with its count and the search that finds what it counts."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from workbench.core.codes import CODES
from workbench.core.kinds import KINDS
from workbench.core.request_styles import STYLES, Style

_MOST_CALLS = 5
_LENGTHS = (3, 6, 9, 12, 16, 20, 30)
"""Upper ends of the ranges of query lengths, in words; the last range is open."""
_PACES = (2, 5, 10, 20, 40, 80)
"""Bounds of the ranges of seconds per decision; each belongs to the range above it."""
_MOST_DAYS = 62
UNREADABLE = "No search finds these: they aren't samples. `workbench verify` lists them."
UNVERIFIED = "Not verified yet; they can be listed once they are."


@dataclass(frozen=True, slots=True)
class Bar:
    """label: what is counted. search: what lists it, "" if nothing does. why: the reason for that.

    key: what its sign stands for: a verdict, decision or severity, "" for none. of: what its count
    is a share of, 0 for the plot's total.
    """

    label: str
    count: int
    search: str = ""
    key: str = ""
    why: str = ""
    of: int = 0


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars under a title. total: what their counts are shares of. note: shown next to the title."""

    title: str
    bars: tuple[Bar, ...]
    total: int
    note: str = ""

    @property
    def most(self) -> int:
        """The highest count."""
        return max((bar.count for bar in self.bars), default=0)


@dataclass(slots=True)
class Tallies:
    """The counts, sample by sample. hours: decisions by `2026-11-05T14` (UTC).

    codes: of findings that weigh. dismissed: of findings marked wrong; in_both: of those that are
    there a second time and weigh.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    dismissed: Counter[str] = field(default_factory=Counter)
    in_both: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    calls: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    styles: Counter[Style] = field(default_factory=Counter)
    words: Counter[int] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    seconds: Counter[float] = field(default_factory=Counter)

    @property
    def median_seconds(self) -> float | None:
        """The median of seconds per decision: the lower of two, None without any."""
        half = (self.seconds.total() + 1) // 2
        for seconds in sorted(self.seconds):
            half -= self.seconds[seconds]
            if half <= 0:
                return seconds
        return None


def make_plots(tallies: Tallies, unverified: int) -> Mapping[str, Plot]:
    """Make all plots, by name."""
    return {
        "verdicts": _verdicts(tallies, unverified),
        "decisions": _decisions(tallies),
        "calls": _calls(tallies),
        "codes": _codes(tallies),
        "words": _words(tallies),
        "seconds": _seconds(tallies),
        "time": _time(tallies),
    }


def _verdicts(tallies: Tallies, unverified: int) -> Plot:
    counts = tallies.verdicts
    bars = [Bar(v, counts[v], f"verdict:{v}", v) for v in ("pass", "warn", "fail")]
    if counts["unusable"]:
        bars.append(Bar("unusable", counts["unusable"], key="fail", why=UNREADABLE))
    if unverified:
        bars.append(Bar("unverified", unverified, why=UNVERIFIED))
    return Plot("Verdicts", tuple(bars), counts.total() + unverified)


def _decisions(tallies: Tallies) -> Plot:
    counts = tallies.decisions
    total = sum(counts[name] for name in ("accepted", "rejected", "skipped", "none"))
    bars = [Bar(n, counts[n], f"decision:{n}", n) for n in ("accepted", "rejected", "skipped")]
    bars.append(Bar("undecided", counts["none"], "decision:none"))
    bars += [
        Bar(name, counts[name], f"decision:{name}", name)
        for name in ("edited", "stale")
        if counts[name]
    ]
    return Plot("Decisions", tuple(bars), total)


def _calls(tallies: Tallies) -> Plot:
    counts = tallies.calls
    numbers = range(0 if counts[0] else 1, _MOST_CALLS + 1)
    bars = [Bar(_number(n, "call"), counts[n], f"calls:{n}") for n in numbers]
    more = sum(count for n, count in counts.items() if n > _MOST_CALLS)
    while len(bars) > 1 and not bars[-1].count and not more:
        bars.pop()
    if more:
        bars.append(Bar(f"over {_MOST_CALLS} calls", more, f"calls:>{_MOST_CALLS}"))
    title, styles = "Calls per sample", tallies.styles
    if styles:
        title = "Calls per sample, and styles"
        bars += [Bar(style, styles[style], f"style:{style}") for style in STYLES if styles[style]]
    if tallies.kinds.keys() <= {"calls"}:
        return Plot(title, tuple(bars), counts.total())
    kinds = [Bar(kind, tallies.kinds[kind], f"kind:{kind}") for kind in KINDS]
    title = "Kinds, calls per sample, and styles" if styles else "Kinds, and calls per sample"
    return Plot(title, (*kinds, *bars), counts.total())


def _codes(tallies: Tallies) -> Plot:
    """Return the findings by code, the commonest first; a sample counts once for a code.

    Those marked wrong come last, each as a share of all samples that the rule objected to.
    """
    bars = [
        Bar(code, count, why=UNREADABLE, key="error")
        if code == "format.unusable"
        else Bar(code, count, f"code:{code}", CODES[code].severity if code in CODES else "")
        for code, count in sorted(tallies.codes.items(), key=lambda item: (-item[1], item[0]))
    ]
    for code, count in sorted(tallies.dismissed.items(), key=lambda item: (-item[1], item[0])):
        found = tallies.codes[code] + count - tallies.in_both[code]
        severity = CODES[code].severity if code in CODES else ""
        label, search = f"{code} marked wrong", f"dismissed:{code}"
        bars.append(Bar(label, count, search, severity, of=found))
    note = "" if bars else "none found"
    return Plot("Samples by finding", tuple(bars), tallies.verdicts.total(), note)


def _words(tallies: Tallies) -> Plot:
    counts = tallies.words
    bars = []
    below = 0
    for end in (*_LENGTHS, None):
        if end is None:
            number = sum(c for n, c in counts.items() if n > below)
            bars.append(Bar(f"over {below}", number, f"words:>{below}"))
        else:
            number = sum(counts[n] for n in range(below + (below > 0), end + 1))
            lower = f"words:>{below} " if below else ""
            bars.append(Bar(f"{below + 1}–{end}", number, f"{lower}words:<{end + 1}"))
            below = end
    return Plot("Words per query", tuple(bars), counts.total())


def _seconds(tallies: Tallies) -> Plot:
    counts = tallies.seconds
    bars = []
    start = 0
    for end in (*_PACES, None):
        number = sum(
            count for s, count in counts.items() if s >= start and (end is None or s < end)
        )
        # Bulk decisions took no time of their own, so they don't count here.
        lower = f"-seconds:<{start}" if start else "seconds:>0"
        if end is None:
            bars.append(Bar(f"over {start} s", number, f"seconds:>0 {lower}"))
        else:
            label = f"{start}–{end} s" if start else f"under {end} s"
            bars.append(Bar(label, number, f"{lower} seconds:<{end}"))
            start = end
    median = tallies.median_seconds
    note = "none yet" if median is None else f"median {median:g} s"
    return Plot("Seconds per decision", tuple(bars), counts.total(), note)


def _time(tallies: Tallies) -> Plot:
    """Return decisions by hour, day or month (UTC): the finest unit that leaves few bars."""
    hours = {hour: count for hour, count in tallies.hours.items() if _day(hour)}
    days = sorted({hour[:10] for hour in hours})
    if not days:
        return Plot("Decisions over time", (), 0, "none yet")
    total = sum(hours.values())
    first, last = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    if len(days) == 1:
        begin, end = int(min(hours)[11:]), int(max(hours)[11:])
        names = [f"{days[0]}T{hour:02}" for hour in range(begin, end + 1)]
        bars = [Bar(f"{n[11:]}:00", hours.get(n, 0), f"decided:{n}*") for n in names]
        return Plot("Decisions per hour", tuple(bars), total, f"{days[0]} UTC")
    if (last - first).days < _MOST_DAYS:
        names = [f"{first + timedelta(days=n)}" for n in range((last - first).days + 1)]
        return Plot("Decisions per day", tuple(_by_start(names, hours)), total, "UTC")
    months = sorted({day[:7] for day in days})
    return Plot("Decisions per month", tuple(_by_start(months, hours)), total, "UTC")


def _by_start(names: list[str], hours: Mapping[str, int]) -> Iterator[Bar]:
    size = len(names[0])
    counts: Counter[str] = Counter()
    for hour, count in hours.items():
        counts[hour[:size]] += count
    for name in names:
        yield Bar(name, counts[name], f"decided:{name}*")


def _day(hour: str) -> bool:
    """Whether a label's time is valid; labels may come from anywhere."""
    try:
        date.fromisoformat(hour[:10])
    except ValueError:
        return False
    return len(hour) == 13 and hour[11:].isdecimal() and hour.isascii() and hour[10] == "T"


def _number(number: int, unit: str) -> str:
    return f"{number or 'no'} {unit}{'' if number == 1 else 's'}"
