"""The offline engine: samples from the grammar, without a key or a network."""

from collections.abc import Sequence
from typing import Any

import orjson

from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.adapters.models.engine import Request
from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.policy import Policy
from workbench.core.grammar import Grammar, GrammarError, Phrasebook
from workbench.core.grammar.due_cells import BATCH
from workbench.core.kinds import SampleKind
from workbench.core.samples import Sample, to_item

MODEL = "grammar-3"


class OfflineEngine:
    """Answers requests from the grammar: equal requests get equal replies, in any process.

    Raises `ModelError` (fatal) if the grammar has nothing to say about the catalogue.
    """

    name = "offline"
    model = MODEL
    deterministic = True
    apart = 0

    def __init__(self, catalog: Catalog, policy: Policy, phrases: Phrasebook) -> None:
        try:
            self._grammar = Grammar(catalog, policy, phrases)
        except GrammarError as error:
            raise ModelError(str(error), fatal=True) from None
        left = self._grammar.left_out
        self.notes: Sequence[str] = (
            [f"The offline engine writes no samples for {left}."] if left else []
        )

    def batch_size(self, *, cold: bool) -> int:  # noqa: ARG002
        """Samples to ask for in one request; the same in the seed round and later."""
        return BATCH

    def plans(
        self,
        seed: int,  # noqa: ARG002
        number: int,  # noqa: ARG002
        thin: Sequence[Cell],  # noqa: ARG002
        kinds: Sequence[SampleKind],  # noqa: ARG002
    ) -> tuple[Sample, ...]:
        """Nothing: the grammar plans and says in one."""
        return ()

    def prompt(self, request: Request) -> Prompt | None:  # noqa: ARG002
        """Nothing is sent."""
        return None

    def learn(self, count: int, came: ModelReply | ModelError) -> None:
        """There is nothing to learn."""

    async def ask(self, request: Request, prompt: Prompt | None = None) -> ModelReply:  # noqa: ARG002
        """Return `count` samples as a JSON array, as a dataset holds them.

        Raises `ModelError` (fatal) for a kind that the grammar has no words for.
        """
        seed, number, thin, kinds = request.seed, request.number, request.thin, request.kinds
        styles = request.styles
        try:
            samples = [
                self._grammar.sample(seed, number, index, thin, kinds, styles)
                for index in range(request.count)
            ]
        except LookupError as error:
            raise ModelError(str(error), fatal=True) from None
        return ModelReply(orjson.dumps(list(map(_item, samples))).decode(), finish="STOP")

    async def close(self) -> None:
        """Nothing is held open."""


def _item(sample: Sample) -> dict[str, Any]:
    """Return a sample as a reply has it: with its style, where it has one, beside its calls."""
    item = to_item(sample)
    known = item.pop("meta", {})
    return {**item, **known}
