"""The Gemini engine: samples from a language model, asked with the prompts of `prompts/`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.adapters.engines.allowance import PLANS, Allowance
from workbench.adapters.models import (
    CUT,
    Fault,
    ModelError,
    ModelReply,
    Prompt,
    TextModel,
    Thinking,
)
from workbench.adapters.models.engine import Request
from workbench.adapters.models.gemini import OUTPUT_LIMIT
from workbench.adapters.models.schema import SENTENCES_SCHEMA, reply_schema
from workbench.adapters.prompts import Prompts
from workbench.adapters.templates.rendering import PromptError
from workbench.core.car.catalog import Catalog, Cell, without_lists
from workbench.core.car.policy import Policy
from workbench.core.grammar import Grammar, GrammarError, Phrasebook
from workbench.core.kinds import SampleKind
from workbench.core.replies import read_reply
from workbench.core.samples import Sample


class GeminiEngine:
    """Asks a model for samples; see the protocol `Engine`.

    prompts: a folder of templates instead of the usual one. phrases: loads the words of plans,
    which conversations are written from. thinking: the level requested, which
    decides how much room the answers have.
    """

    name = "gemini"
    deterministic = False
    apart = PLANS

    def __init__(
        self,
        text_model: TextModel,
        catalog: Catalog,
        policy: Policy,
        prompts: Path | None = None,
        *,
        phrases: Callable[[], Phrasebook] | None = None,
        thinking: Thinking | None = None,
    ) -> None:
        self.text_model = text_model
        catalog = without_lists(catalog)  # lookups are added by an export
        self._prompts = Prompts(catalog, policy, prompts)
        self._schema = reply_schema(catalog.raw_functions)
        self._catalog, self._policy, self._phrases = catalog, policy, phrases
        self._grammar: Grammar | None = None
        self._allowance = Allowance(OUTPUT_LIMIT, thinking)
        self._cut_note = ""

    @property
    def model(self) -> str:
        """The model asked."""
        return self.text_model.model

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know about the run, in sentences."""
        return [*self.text_model.notes, *([self._cut_note] if self._cut_note else [])]

    def batch_size(self, *, cold: bool) -> int:
        """Ask for fewer while there is nothing to show, and after an answer that was cut."""
        return self._allowance.batch_size(cold=cold)

    def output_limit(self, count: int) -> int:
        """Return the most output tokens that a request for `count` samples may be billed for."""
        return self._allowance.tokens(count)

    def plans(
        self, seed: int, number: int, thin: Sequence[Cell], kinds: Sequence[SampleKind]
    ) -> tuple[Sample, ...]:
        """Plan conversations, of which the model is to write the sentences."""
        if self._phrases is None:
            raise ModelError("there are no phrases to plan conversations with", fatal=True)
        try:
            if self._grammar is None:
                self._grammar = Grammar(self._catalog, self._policy, self._phrases())
            return self._grammar.plan(seed, number, thin, kinds)
        except (GrammarError, LookupError) as error:
            raise ModelError(str(error), fatal=True) from None

    def prompt(self, request: Request) -> Prompt:
        """Return what the model is asked. Raises `ModelError` for a broken template."""
        try:
            if request.plans:
                text = self._prompts.planned(request.plans, request.number)
                return Prompt(text, SENTENCES_SCHEMA, self.output_limit(request.count))
            text = self._prompts.generation(request)
        except PromptError as error:
            raise ModelError(str(error), fatal=True, fault=Fault("prompt")) from None
        return Prompt(text, self._schema, self.output_limit(request.count))

    async def ask(self, request: Request, prompt: Prompt | None = None) -> ModelReply:
        """Send one request. Raises `ModelError`."""
        try:
            reply = await self.text_model.ask(prompt or self.prompt(request))
        except ModelError as error:
            self.learn(request.count, error)
            raise
        self.learn(request.count, reply)
        return reply

    def learn(self, count: int, came: ModelReply | ModelError) -> None:
        """Learn from an answer to a request for `count` samples how many to ask for."""
        if isinstance(came, ModelError):
            if came.fault.finish in CUT:
                self._take_cut(count, 0)
        elif came.cut:
            items = read_reply(came.text)
            self._take_cut(count, sum(item.state == "ok" for item in items))
        else:
            self._allowance.whole(count, came.usage.output if came.usage else None)

    def _take_cut(self, asked: int, whole: int) -> None:
        self._allowance.cut(asked, whole)
        now = self._allowance.batch_size(cold=False)
        self._cut_note = (
            f"an answer was cut at the output limit, with {whole} of {asked} samples complete; "
            f"from then on {now} are requested at a time, and more again as answers complete"
        )

    async def close(self) -> None:
        """Close the connections."""
        await self.text_model.close()
