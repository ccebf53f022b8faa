"""Plan a round: which requests, rendered and reserved, for a job that is about to be handed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workbench.adapters.journal import AskLine, RunLine
from workbench.adapters.models import Prompt
from workbench.adapters.models.batches import BatchService
from workbench.adapters.models.engine import Engine, Request
from workbench.core.car.catalog import Cell
from workbench.core.checks import Verifier
from workbench.core.training.focus import Focus
from workbench.jobs.generating.batches.billing import Billing
from workbench.jobs.generating.batches.desk import Times
from workbench.jobs.generating.batches.rounds import Rounds
from workbench.jobs.generating.intake import Intake
from workbench.jobs.generating.planning import RequestPlan, draw_examples, plan_request
from workbench.jobs.helpers.pauses import Pause


@dataclass(frozen=True)
class Tools:
    """What a run works with. begin: notes the run, by its number, before its first line."""

    engine: Engine
    service: BatchService
    verifier: Verifier
    billing: Billing
    times: Times
    rounds: Rounds
    pause: Pause
    begin: Callable[[int], RunLine]


class RoundPlanner:
    """Plans requests of one run for a dataset that is to have `wanted` samples."""

    def __init__(
        self, tools: Tools, intake: Intake, wanted: int, seed: int, focus: Focus | None = None
    ) -> None:
        self._tools = tools
        self._intake = intake
        self._wanted = wanted
        self._seed = seed
        self._focus = focus

    def size(self) -> int:
        """Give how many requests the next job has; 0 where what is left is asked directly."""
        each = self._tools.engine.batch_size(cold=False)
        return self._tools.rounds.size(len(self._intake), self._wanted, each)

    async def round(self, run: int, first: int) -> tuple[Sequence[AskLine], Mapping[int, Prompt]]:
        """Plan the requests of the next job, from number `first` on, as many as money allows."""
        asks: list[AskLine] = []
        plans: list[RequestPlan] = []
        prompts: dict[int, Prompt] = {}
        left = self._wanted - len(self._intake)
        for number in range(first, first + self.size()):
            plan = self._plan(left, plans)
            ask = AskLine(
                run=run,
                request=number,
                engine=self._tools.engine.name,
                count=plan.count,
                seed=plan.seed,
                thin=tuple((cell.property, cell.area, cell.access) for cell in plan.thin),
            )
            prompt = self.prompt(ask)
            if not self._tools.billing.reserve(number, prompt):
                break
            plans.append(plan)
            asks.append(ask)
            prompts[number] = prompt
            left -= plan.count
            await self._tools.pause()
        return asks, prompts

    def prompt(self, ask: AskLine) -> Prompt:
        """Render a request as it was planned, with samples of now as its examples."""
        thin = tuple(Cell(name, area, access) for name, area, access in ask.thin)
        verifier = self._tools.verifier
        examples = draw_examples(self._intake.samples, verifier, ask.seed, ask.request)
        request = Request(ask.request, ask.count, ask.seed, examples, thin)
        prompt = self._tools.engine.prompt(request)
        assert prompt is not None, "an engine with batch jobs has prompts"
        return prompt

    def _plan(self, left: int, in_flight: Sequence[RequestPlan]) -> RequestPlan:
        count = min(self._tools.engine.batch_size(cold=False), left)
        coverage = self._intake.coverage
        catalog, focus = self._tools.verifier.catalog, self._focus
        return plan_request(count, self._seed, catalog, coverage, in_flight, focus)
