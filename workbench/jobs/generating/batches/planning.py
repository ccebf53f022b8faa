"""Plan a round: which requests, rendered and reserved, for a job that is about to be submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.adapters.journal import AskLine
from workbench.adapters.models import Prompt
from workbench.adapters.models.batches import BatchService
from workbench.adapters.models.engine import Engine, Request
from workbench.core.car.catalog import Cell
from workbench.core.checks import Verifier
from workbench.jobs.generating.batches.billing import JobReservations
from workbench.jobs.generating.batches.jobs import PollingTimes
from workbench.jobs.generating.batches.rounds import Rounds
from workbench.jobs.generating.intake import Intake
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.planning import RequestPlan, draw_examples, plan_request
from workbench.jobs.helpers.pauses import Pause, no_pause

USUAL = PollingTimes()
SIZES = Rounds()


@dataclass(frozen=True)
class Means:
    """What a generation is made with. wait: stay until all is done; else leave as soon as a job
    is at the service."""

    engine: Engine
    service: BatchService
    verifier: Verifier
    pause: Pause = no_pause
    times: PollingTimes = USUAL
    rounds: Rounds = SIZES
    wait: bool = True


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
        """Return how many requests the next job has; 0 where what is left is asked directly."""
        each = self._means.engine.batch_size(cold=False)
        return self._means.rounds.size(len(self._intake), self._options.num_samples, each)

    async def round(self, run: int, first: int) -> tuple[Sequence[AskLine], Mapping[int, Prompt]]:
        """Plan the requests of the next job, from number `first` on, as many as money allows."""
        asks: list[AskLine] = []
        plans: list[RequestPlan] = []
        prompts: dict[int, Prompt] = {}
        left = self._options.num_samples - len(self._intake)
        for number in range(first, first + self.size()):
            plan = self._plan(left, plans)
            ask = AskLine(
                run=run,
                request=number,
                engine=self._means.engine.name,
                count=plan.count,
                seed=plan.seed,
                thin=tuple((cell.property, cell.area, cell.access) for cell in plan.thin),
            )
            prompt = self.prompt(ask)
            if not self._reservations.reserve(number, prompt):
                break
            plans.append(plan)
            asks.append(ask)
            prompts[number] = prompt
            left -= plan.count
            await self._means.pause()
        return asks, prompts

    def prompt(self, ask: AskLine) -> Prompt:
        """Render a request as it was planned, with samples of now as its examples."""
        thin = tuple(Cell(name, area, access) for name, area, access in ask.thin)
        verifier = self._means.verifier
        examples = draw_examples(self._intake.samples, verifier, ask.seed, ask.request)
        request = Request(ask.request, ask.count, ask.seed, examples, thin)
        prompt = self._means.engine.prompt(request)
        assert prompt is not None, "an engine with batch jobs has prompts"
        return prompt

    def _plan(self, left: int, in_flight: Sequence[RequestPlan]) -> RequestPlan:
        options, catalog = self._options, self._means.verifier.catalog
        count = min(self._means.engine.batch_size(cold=False), left)
        coverage = self._intake.coverage
        return plan_request(count, options.seed, catalog, coverage, in_flight, options.focus)
