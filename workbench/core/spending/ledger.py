"""The ledger of a generation: every item received ends in exactly one state."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

ItemState = Literal["kept", "duplicate", "failing", "invalid", "unparsable"]
STATES: tuple[ItemState, ...] = ("kept", "duplicate", "failing", "invalid", "unparsable")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Counts over all runs of one dataset. `received` is the sum of the five states.

    kept: in the dataset. duplicate: near-duplicate of one kept. failing: failed verification when
    only passing samples were wanted. invalid: JSON, but not a sample. unparsable: not JSON.
    replies, failures: requests answered, and those that failed.
    """

    received: int = 0
    kept: int = 0
    duplicate: int = 0
    failing: int = 0
    invalid: int = 0
    unparsable: int = 0
    replies: int = 0
    failures: int = 0

    def count(self, state: ItemState) -> "Ledger":
        """Return the ledger with one more item, in this state."""
        return replace(self, **{"received": self.received + 1, state: getattr(self, state) + 1})

    def without(self, state: ItemState) -> "Ledger":
        """Return the ledger with one item less in this state, because it is read again."""
        return replace(self, **{"received": self.received - 1, state: getattr(self, state) - 1})

    def answered(self) -> "Ledger":
        """Return the ledger with one more reply."""
        return replace(self, replies=self.replies + 1)

    def failed(self) -> "Ledger":
        """Return the ledger with one more failed request."""
        return replace(self, failures=self.failures + 1)

    @property
    def quarantined(self) -> int:
        """Items set aside in the quarantine file."""
        return self.failing + self.invalid + self.unparsable

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_dict(cls, counts: Mapping[str, int]) -> "Ledger":
        return cls(**{name: int(counts.get(name, 0)) for name in cls.__slots__})
