"""Totals of requests: answers, failures, tokens, cost. Sums of tallies are tallies.

The same counting serves a run in progress, its record, and the replay of its journal, so that the
three agree.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from workbench.core.plural import number_of
from workbench.core.spending.cost import Price, cost, money, unknown_words
from workbench.core.spending.usage import Usage, usage_told

UNSURE = frozenset(
    {
        *("timeout", "connection", "unreadable", "too long"),
        *("blocked", "withheld", "empty", "other"),
    }
)
"""Faults after which a send may be billed although no tokens were reported. Refusals and
failures of the service (4xx, 5xx) aren't billed.
"""


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """The outcome of one request, retries included.

    answered: whether a reply came. usage: tokens billed, if reported. faults: the kinds of all
    failed sends. unsure: US dollars that those may also have cost, None if unknown.
    """

    answered: bool
    usage: Usage | None = None
    faults: Sequence[str] = ()
    unsure: Decimal | None = None

    @property
    def unsure_text(self) -> str:
        """The unsure dollars as a journal has them, "" for none."""
        return f"{self.unsure:f}" if self.unsure else ""

    @property
    def unsure_sends(self) -> int:
        """Sends that may or may not have been billed."""
        told_last = not self.answered and self.usage is not None
        faults = self.faults[:-1] if told_last else self.faults
        return sum(kind in UNSURE for kind in faults)


@dataclass
class Tally:
    """Counts over requests.

    retries: sends beyond the first of each request. errors: failed sends, by kind. counted:
    requests with known tokens. cost: US dollars for them. unpriced: requests billed at an unknown
    price. unsure: sends that may have been billed, and unsure_cost the most they may have cost,
    where known.
    """

    replies: int = 0
    failures: int = 0
    retries: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    tokens: Usage = field(default_factory=Usage)
    counted: int = 0
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    unsure: int = 0
    unsure_cost: Decimal = Decimal(0)

    @property
    def requests(self) -> int:
        """Finished requests."""
        return self.replies + self.failures

    def add(
        self, outcome: RequestOutcome, price: Price | None, tier: str = "standard"
    ) -> Decimal | None:
        """Count one request; returns its cost, None if unknown."""
        self.replies += outcome.answered
        self.failures += not outcome.answered
        sends = len(outcome.faults) + outcome.answered
        self.retries += max(0, sends - 1)
        self.errors.update(outcome.faults)
        if outcome.usage is not None:
            self.tokens += outcome.usage
            self.counted += 1
        if price is None or not price.free:
            self.doubt(outcome.unsure_sends, outcome.unsure)
        if not outcome.answered and outcome.usage is None:
            return Decimal(0)
        amount = cost(outcome.usage, price, tier)
        if amount is None:
            self.unpriced += 1
        else:
            self.cost += amount
        return amount

    def doubt(self, sends: int, amount: Decimal | None) -> None:
        """Count sends that may have been billed, and their cost in US dollars together."""
        self.unsure += sends
        if sends:
            self.unsure_cost += amount or 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.replies + other.replies,
            self.failures + other.failures,
            self.retries + other.retries,
            self.errors + other.errors,
            self.tokens + other.tokens,
            self.counted + other.counted,
            self.cost + other.cost,
            self.unpriced + other.unpriced,
            self.unsure + other.unsure,
            self.unsure_cost + other.unsure_cost,
        )

    def copy(self) -> "Tally":
        return self + Tally()

    def cost_words(self, model: str = "") -> str:
        """Tell the cost: `$1.23`, `$1.23 and at most $0.27 for 1 unsure request`, `unknown (…)`."""
        if self.unpriced and not self.cost:
            words = unknown_words(model)
        elif self.unpriced:
            unpriced = number_of(self.unpriced, "request")
            words = f"at least {money(self.cost)} ({unpriced} without a price)"
        else:
            words = money(self.cost)
        return f"{words}{self.unsure_words()}"

    def unsure_words(self) -> str:
        """What may have been billed, "" for nothing: ` and perhaps $0.27 for …`."""
        if not self.unsure:
            return ""
        amount = f" {money(self.unsure_cost, up=True)}" if self.unsure_cost else " more"
        return (
            f" and perhaps{amount} for {number_of(self.unsure, 'request')} sent without an answer"
        )

    def as_dict(self) -> dict[str, object]:
        """Return the counts as JSON has them: amounts as strings, because they are exact."""
        return {
            "replies": self.replies,
            "failures": self.failures,
            "retries": self.retries,
            "errors": dict(sorted(self.errors.items())),
            "tokens": self.tokens.as_dict(),
            "counted": self.counted,
            "cost": f"{self.cost:f}",
            "unpriced": self.unpriced,
            "unsure": self.unsure,
            "unsure_cost": f"{self.unsure_cost:f}",
        }


def outcome_of(
    *,
    answered: bool,
    usage: Mapping[str, int] | None,
    faults: Sequence[str],
    unsure: str,
) -> RequestOutcome:
    """Read an outcome from a journal. unsure: US dollars, "" for none."""
    tokens = usage_told(usage) if usage is not None else None
    return RequestOutcome(answered, tokens, tuple(faults), Decimal(unsure) if unsure else None)
