"""A language model within a budget, asked one thing at a time."""

from collections.abc import Sequence

from workbench.adapters.models import ModelError, ModelReply, Prompt, TextModel
from workbench.jobs.spending.asking import Asker
from workbench.jobs.spending.run_log import RunLog


class Budgeted:
    """A `TextModel` that is asked through an `Asker`; what a run comes to is put into its log."""

    def __init__(self, inner: TextModel, asker: Asker, log: RunLog) -> None:
        self._inner = inner
        self._asker = asker
        self._log = log

    @property
    def name(self) -> str:
        """The service."""
        return self._inner.name

    @property
    def model(self) -> str:
        """The model asked for."""
        return self._inner.model

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know of what happened, and what it cost, in sentences."""
        tally = self._asker.budget.tally
        cost = [f"cost: {tally.cost_words(self.model)}"] if tally.requests else []
        return [*self._inner.notes, *self._log.notices, *cost]

    async def close(self) -> None:
        """Close the connections; what is in flight counts as given up."""
        self._asker.budget.abandon()
        await self._inner.close()

    async def ask(self, prompt: Prompt) -> ModelReply:
        """Send a prompt once there is money for it. Raises `ModelError`, fatal with none left."""

        asker = self._asker

        def begun(_: str) -> None:
            self._log.update()

        def ended(came: ModelReply | ModelError, _: str) -> ModelReply | ModelError:
            self._log.update()
            return came

        came = await asker.ask(prompt, self._inner.ask, ended, arrived=prompt.arrived, begun=begun)
        if came is None:
            spent = asker.spent
            came = ModelError(
                f"stopped at --max-cost: {spent}" if spent else asker.fatal, fatal=True
            )
        if isinstance(came, ModelError):
            raise came
        return came
