"""A budget: what requests have cost, what those in flight may cost, and whether one more fits.

Every request is reserved before it is sent, at the most it may cost: its prompt at the full price
and its whole allowance of output. So the bill stays below the limit whatever the service answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import ceil

from workbench.core.errors import InputError
from workbench.core.spending.cost import Price, PriceList, cost, money
from workbench.core.spending.tally import UNSURE, RequestOutcome, Tally
from workbench.core.spending.usage import Usage

CAUTIOUS = 1.5
"""Characters per token while none has been counted: fewer than any text or JSON has."""
MARGIN = 1.1
"""How many more tokens a prompt may have than the earlier ones suggest."""


def today() -> date:
    """Return the day in UTC."""
    return datetime.now(UTC).date()


@dataclass(eq=False, slots=True)
class Reservation:
    """A request that may be sent. amount: US dollars it may cost, None if no price is known.

    characters: of its prompt. booked: sends of it that were abandoned and are already counted.
    """

    amount: Decimal | None
    characters: int = 0
    booked: int = 0


class Budget:
    """Counts what requests cost, and lets no more be sent than a limit allows.

    limit: US dollars for all requests that go through this budget, None for no limit. versions:
    the models that answered, as the service names them. earlier: US dollars in the tally that an
    earlier run has reserved, and that are not within this limit.
    Raises `InputError` if there is a limit and no price.
    """

    def __init__(
        self,
        prices: PriceList,
        model: str,
        *,
        tier: str = "standard",
        limit: Decimal | None = None,
        day: Callable[[], date] = today,
    ) -> None:
        self.tally = Tally()
        self.limit = limit
        self.model = model
        self.tier = tier
        self.prices = prices
        self._day = day
        self._open: set[Reservation] = set()
        self._blocked = Decimal(0)
        self.versions: dict[str, None] = {}
        self._answered = ""
        self._ratio = 0.0
        self._refused = Decimal(0)
        self.earlier = Decimal(0)
        if limit is not None:
            if limit < 0:
                raise InputError(f"--max-cost {limit}: it must be 0 or more.")
            self._must_know()

    def _must_know(self) -> None:
        price = self.price
        if price is None:
            raise InputError(
                f"--max-cost needs a price, and no price is known for {self.model}; "
                "give one with --prices FILE (data/prices.toml shows the form)."
            )
        if cost(Usage(prompt=1), price, self.tier) is None:
            raise InputError(
                f"--max-cost needs a price, and no price is known for the tier {self.tier}; "
                "give it in [tiers] of --prices FILE (data/prices.toml shows the form)."
            )

    @property
    def price(self) -> Price | None:
        """The price of the model asked for, today."""
        return self.prices.find(self.model, self._day())

    @property
    def free(self) -> bool:
        """Whether nothing is billed for this model."""
        price = self.price
        return price is not None and price.free

    @property
    def spent(self) -> Decimal:
        """US dollars of the limit that are spent, or may be, without what is in flight."""
        return self._counted - self.earlier

    @property
    def _counted(self) -> Decimal:
        return self.tally.cost + self.tally.unsure_cost + self._blocked

    @property
    def in_flight(self) -> Decimal:
        """US dollars that the requests in flight may cost at most."""
        return sum((r.amount or Decimal(0) for r in self._open), Decimal(0))

    @property
    def so_far(self) -> Tally:
        """The tally as it would be if everything in flight were abandoned now."""
        tally = Tally() + self.tally
        if self._open and not self.free:
            tally.doubt(len(self._open), self.in_flight if self.price else None)
        return tally

    def prompt_tokens(self, text: str) -> int:
        """Estimate a prompt's tokens from above: by those counted so far, else cautiously."""
        return ceil(len(text) * (self._ratio * MARGIN if self._ratio else 1 / CAUTIOUS))

    def reserve(
        self, prompt_tokens: int, max_output: int | None = None, *, characters: int = 0
    ) -> Reservation | None:
        """Reserve a request at the most it may cost; None if that might pass the limit.

        max_output: its limit, with thinking; None if it has none. characters: of its prompt, so
        that later prompts are estimated by it. What is in flight may leave room when it is settled.
        """
        amount = self._most(prompt_tokens, max_output)
        if not self._fits(amount):
            return None
        reservation = Reservation(amount, characters)
        self._open.add(reservation)
        return reservation

    def resend(self, reservation: Reservation, fault: str) -> bool:
        """Say whether a request may be sent again after a fault, and count it.

        A send that may or may not be billed is counted as unsure.
        """
        if fault not in UNSURE:
            return True
        if not self._fits(reservation.amount):
            return False
        reservation.booked += 1
        self.tally.doubt(1, self._doubtful(reservation, 1))
        return True

    def settle(
        self,
        reservation: Reservation,
        usage: Usage | None,
        *,
        answered: bool = True,
        version: str = "",
        faults: Sequence[str] = (),
        earlier: bool = False,
    ) -> RequestOutcome:
        """Count a request's outcome; see `core.tally.RequestOutcome`, which this returns.

        version: the model that answered. faults: kinds of all sends in vain, of a failure the
        last one too. earlier: an earlier run has asked, and reserved it within its own limit.
        """
        self._open.discard(reservation)
        before = self._counted
        outcome = RequestOutcome(answered, usage, tuple(faults))
        sends = outcome.unsure_sends
        outcome = RequestOutcome(answered, usage, tuple(faults), self._doubtful(reservation, sends))
        if reservation.booked:  # counted already; the outcome tells of all
            self.tally.doubt(-reservation.booked, None)
            self.tally.unsure_cost -= self._doubtful(reservation, reservation.booked) or 0
        if version:
            self._answered = version
            self.versions[version] = None
        price = self.prices.billed(self.model, version, self._day())
        amount = self.tally.add(outcome, price, self.tier)
        if amount is None and reservation.amount is not None:
            self._blocked += reservation.amount
        if earlier:
            self.earlier += self._counted - before
        if usage is not None and reservation.characters:
            self._ratio = max(self._ratio, usage.prompt / reservation.characters)
        return outcome

    def unsure(self, reservation: Reservation) -> None:
        """Count a request that was sent and abandoned: it may be billed."""
        self._open.discard(reservation)
        if not self.free:
            self.tally.doubt(1, self._doubtful(reservation, 1))

    def at_most(self, reservation: Reservation) -> str:
        """Return what a request may cost as a journal has it: "" if that is not known."""
        if self.free:
            return "0"
        return "" if reservation.amount is None else f"{reservation.amount:f}"

    def release(self, reservation: Reservation) -> None:
        """Take back a request that was not sent."""
        self._open.discard(reservation)

    def abandon(self) -> None:
        """Count everything in flight as abandoned."""
        for reservation in list(self._open):
            self.unsure(reservation)

    def why_refused(self) -> str:
        """Say in a sentence why no more may be sent."""
        assert self.limit is not None
        spent = f"{money(self.spent)} of {money(self.limit)} is spent"
        if self.prices.billed(self.model, self._answered, self._day()) is None:
            return f"{spent}, and {self._answered} answered, for which there is no price"
        return f"{spent}, and one more request may cost up to {money(self._refused, up=True)}"

    def _fits(self, amount: Decimal | None) -> bool:
        if self.limit is None:
            return True
        known = self.prices.billed(self.model, self._answered, self._day()) is not None
        if amount is not None and known and self.spent + self.in_flight + amount <= self.limit:
            return True
        self._refused = amount or Decimal(0)
        return False

    def _most(self, prompt_tokens: int, max_output: int | None) -> Decimal | None:
        """Return the most that a request may cost, today or when it is answered tomorrow."""
        amounts = []
        for day in (self._day(), self._day() + timedelta(days=1)):
            for price in (
                self.prices.find(self.model, day),
                self.prices.billed(self.model, self._answered, day),
            ):
                if price is not None:
                    most = price.max_output
                    written = most if max_output is None else min(max_output, most)
                    usage = Usage(prompt=prompt_tokens, output=written)
                    amounts.append(cost(usage, price, self.tier))
        known = [amount for amount in amounts if amount is not None]
        return max(known, default=None)

    def _doubtful(self, reservation: Reservation, sends: int) -> Decimal | None:
        return reservation.amount * sends if sends and reservation.amount is not None else None
