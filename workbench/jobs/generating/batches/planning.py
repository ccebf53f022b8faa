"""Plan a round: which requests, rendered and reserved, for a job that is about to be submitted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from workbench.adapters.journal import AskLine
from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.adapters.models.batches import BatchService
from workbench.adapters.models.engine import Engine
from workbench.core.checks import Verifier
from workbench.jobs.generating.batches.jobs import PollingTimes
from workbench.jobs.generating.intake import Intake
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.planning import (
    RequestPlan,
    draw_examples,
    plan_kinds,
    plan_of,
    plan_request,
)
from workbench.jobs.spending.asking import Asker
from workbench.jobs.spending.budget import Reservation


@dataclass(frozen=True)
class Rounds:
    """How large the rounds are. Requests of one job can't see the answers to its others. So a seed
    round is asked directly, and each job asks for a multiple of the samples that can be shown by
    then. Repetition within a job is dropped as near-duplicates, and the next round makes up for it.

    seed: samples that are asked for directly before the first job. growth: a job asks for at most
    this many times the samples there are. most: requests of one job at most: some 2.5 million
    tokens, which a service's first paid tier takes. direct: as few requests as this, at the end,
    are asked directly: they would not be worth a day's wait.
    """

    seed: int = 60
    growth: int = 8
    most: int = 200
    direct: int = 2

    def size(self, samples: int, wanted: int, per_request: int) -> int:
        """Return how many requests the next job has; 0 if requests are to be asked directly.

        samples: there are. per_request: samples that one request asks for.
        """
        needed = ceil(max(0, wanted - samples) / per_request)
        if samples < min(self.seed, wanted) or needed <= self.direct:
            return 0
        return min(needed, self.most, max(self.direct, samples * self.growth // per_request))


USUAL = PollingTimes()
SIZES = Rounds()


@dataclass(frozen=True)
class Means:
    """What a generation is made with. wait: stay until all is done; otherwise leave as soon as a
    job is at the service.
    """

    engine: Engine
    service: BatchService
    verifier: Verifier
    times: PollingTimes = USUAL
    rounds: Rounds = SIZES
    wait: bool = True


class JobReservations:
    """The reservations of one run, by the number of the request."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._reserved: dict[int, Reservation] = {}

    def reserve(self, number: int, prompt: Prompt) -> bool:
        """Reserve a request; False if there is no money left for it."""
        found = self._asker.reserve(prompt)
        if found is not None:
            self._reserved[number] = found
        return found is not None

    def release(self, numbers: Iterable[int] | None = None) -> None:
        """Take back what was not settled: not sent, or to be collected by a later run."""
        for number in list(self._reserved if numbers is None else numbers):
            if reservation := self._reserved.pop(number, None):
                self._asker.budget.release(reservation)

    def settle(self, number: int, came: ModelReply | ModelError) -> str:
        """Count a request's outcome; see `Asker.settle`."""
        found = self._reserved.pop(number, None)
        # A job of an earlier run was within that run's limit; its bill is not in this one.
        return self._asker.settle(found, came, earlier=found is None)


class RoundPlanner:
    """Plans requests of one run for a dataset that is to have as many samples as wanted."""

    def __init__(
        self,
        options: GenerateOptions,
        means: Means,
        intake: Intake,
        reservations: JobReservations,
    ) -> None:
        self._options = options
        self._means = means
        self._intake = intake
        self._reservations = reservations

    def size(self) -> int:
        """Return how many requests the next job has; 0 if what is left is asked directly."""
        each = self._means.engine.batch_size(cold=False)
        return self._means.rounds.size(len(self._intake), self._options.num_samples, each)

    def round(self, run: int, first: int) -> tuple[Sequence[AskLine], Mapping[int, Prompt]]:
        """Plan the requests of the next job, from number `first` on, as many as money allows."""
        asks: list[AskLine] = []
        plans: list[RequestPlan] = []
        prompts: dict[int, Prompt] = {}
        left = self._options.num_samples - len(self._intake)
        for number in range(first, first + self.size()):
            plan = self._plan(left, plans, number)
            ask = plan.line(run, number, self._means.engine.name)
            prompt = self.prompt(ask)
            if not self._reservations.reserve(number, prompt):
                break
            plans.append(plan)
            asks.append(ask)
            prompts[number] = prompt
            left -= plan.count
        return asks, prompts

    def prompt(self, ask: AskLine) -> Prompt:
        """Render a planned request, with current samples as its examples."""
        verifier = self._means.verifier
        examples = draw_examples(self._intake.samples, verifier, ask.seed, ask.request)
        prompt = self._means.engine.prompt(plan_of(ask).request(ask.request, examples))
        assert prompt is not None, "an engine with batch jobs has prompts"
        return prompt

    def _plan(self, left: int, in_flight: Sequence[RequestPlan], number: int) -> RequestPlan:
        options, catalog = self._options, self._means.verifier.catalog
        count = min(self._means.engine.batch_size(cold=False), left)
        if options.kinds:
            reached, engine = self._intake.reached, self._means.engine
            return plan_kinds(options, engine, catalog, reached, in_flight, number, count)
        coverage = self._intake.coverage
        return plan_request(
            count, options.seed, catalog, coverage, in_flight, options.focus, options.styles
        )
