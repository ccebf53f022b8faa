"""What happens during a generation, as events to show."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from workbench.core.kinds import SampleKind
from workbench.core.spending.ledger import Ledger
from workbench.core.spending.tally import Tally
from workbench.core.verdicts import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands: samples that exist and are wanted, what came in, verdicts of the samples.
    tally: of this run's requests. model: asked. free: whether nothing is billed.
    """

    samples: int
    wanted: int
    ledger: Ledger
    statuses: Counter[Status]
    tally: Tally = field(default_factory=Tally)
    model: str = ""
    free: bool = True

    @property
    def cost(self) -> str:
        """The cost so far in words, "" if nothing is billed or asked."""
        asked = self.tally.requests or self.tally.unsure
        return "" if self.free or not asked else self.tally.cost_words(self.model)


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run begins with what is there. unusable: items in the file that aren't samples; they stay
    in it. waiting: journaled replies that had not reached the file. rebuilt: the file was gone and
    is rebuilt from the journal. changed: the file is not as the last run saved it.
    """

    samples: int
    unusable: int
    waiting: int
    rebuilt: bool
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply was taken in: its request, and how many samples were asked for and kept."""

    request: int
    asked: int
    kept: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A request failed, and why. Another one will ask for the missing samples."""

    request: int
    reason: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class DatasetSaved:
    """The dataset file was written, with this many samples."""

    samples: int


@dataclass(frozen=True, slots=True)
class Noted:
    """Something a user should know, in a sentence; the run goes on."""

    sentence: str


@dataclass(frozen=True, slots=True)
class BatchNews:
    """A batch job stands elsewhere now.

    name: ours, job: the service's, "" while it has none. requests: in it. state: in words.
    age: seconds since it was handed in.
    """

    name: str
    requests: int
    state: str
    age: float
    job: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a batch job is in the journal: requests answered, and failed by their reason."""

    name: str
    answered: int
    failed: Counter[str]
    standing: Standing


@dataclass(frozen=True, slots=True)
class KindReached:
    """What a dataset has of a kind: samples, and spoken cells that one of them is about."""

    kind: SampleKind
    samples: int
    cells: int


def kinds_words(kinds: Sequence[KindReached]) -> str:
    """Say what there is of each kind: "350 calls (180 cells), 50 read-first (41 cells)"."""
    return ", ".join(f"{one.samples:,} {one.kind} ({one.cells:,} cells)" for one in kinds)


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended.

    covered, cells: spoken cells with a sample, and all of them. stalled: too many rounds brought
    nothing new. fatal: why no request can succeed, empty if that is not so. failure: why the
    last request failed, where most of those that brought nothing did. budget: why the budget
    allows no further request, where one was wanted. total: what all runs of the dataset came to,
    this one included. price: which one the cost is by, and as of when. left: a batch job that is
    still at the service, to be collected by running again; "" for none. earlier: US dollars of
    this run's bill that are for a batch job of an earlier one, and were within that one's limit.
    spoiled: why most items could not be kept, in a sentence; "" if that is not so. kinds: samples
    of each kind, and the cells that they are about, where kinds were asked for.
    """

    standing: Standing
    covered: int
    cells: int
    stalled: bool
    fatal: str
    failure: str = ""
    budget: str = ""
    total: Tally = field(default_factory=Tally)
    price: str = ""
    left: str = ""
    earlier: Decimal = Decimal(0)
    spoiled: str = ""
    kinds: tuple[KindReached, ...] = ()


GenerationEvent = (
    Resumed | Answered | RequestFailed | DatasetSaved | Noted | BatchNews | Collected | Finished
)
