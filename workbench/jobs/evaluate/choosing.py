"""Choose what answers: a model folder, an endpoint or Gemini, created when needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from workbench.adapters.config.secrets import FILE, VARIABLES, server_key
from workbench.adapters.models import MOST_SECONDS, BaseUrl, EndpointUrl, ModelOptions
from workbench.adapters.models.answering import Answerer
from workbench.adapters.prompts import EvaluationPrompts
from workbench.adapters.templates.chat import load_chat_template, template_file
from workbench.core.errors import InputError, SpentError, WorkbenchError
from workbench.core.options import Option, Reads
from workbench.jobs.evaluate.spending import Budgeted
from workbench.jobs.generating.engines import EngineChoice, choose_engine, make_model
from workbench.jobs.spending.run_log import recorded_asking


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswererChoice:
    """What should answer: Gemini, an endpoint, or else a folder.

    model: a folder, or its name at the endpoint or Gemini. raw: render the prompt and read the text
    here. template: the model folder whose chat template is used for that; `model` itself if it is a
    folder. chat_template: a file or name of a template to use instead of that folder's. base_url,
    max_cost, prices: for Gemini. max_tokens: of an answer. timeout: seconds. temperature: of an
    endpoint's answers. workers: questions at
    a time.
    """

    model: Annotated[
        str | None,
        Option("--model", "A model folder, or a name for the endpoint or Gemini."),
        Reads("model"),
    ] = None
    endpoint: EndpointUrl = None
    gemini: Annotated[bool, Option("--gemini", "Evaluate Gemini itself.")] = False
    raw: Annotated[
        bool, Option("--raw", "Render prompts and read calls here, not in the server.")
    ] = False
    template: Annotated[
        Path | None,
        Option("--template", "The model's folder, for --raw.", metavar="FOLDER"),
        Reads("model of the template"),
    ] = None
    chat_template: Annotated[
        str | None,
        Option(
            "--chat-template",
            "Instead of the model's own, if prompts are rendered here.",
            metavar="FILE|chatml",
        ),
        Reads("chat template"),
    ] = None
    base_url: BaseUrl = None
    max_cost: Decimal | None = None
    prices: Path | None = None
    max_tokens: Annotated[
        int, Option("--max-tokens", "For an answer from a folder or an endpoint.", low=1)
    ] = 512
    timeout: Annotated[
        float, Option("--timeout", "Seconds to wait for an endpoint's answer.", high=MOST_SECONDS)
    ] = 120.0
    temperature: Annotated[
        float,
        Option("--temperature", "Of an endpoint's answers; 0 for the likeliest.", low=0, high=2),
    ] = 0.0
    workers: Annotated[int, Option("--workers", "Questions at a time.", low=1)] = 4

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask; if not, saved answers are scored."""
        return self.model is not None or self.endpoint is not None or self.gemini

    @property
    def template_in_place(self) -> Path | None:
        """The file of the chat template to use, None for the model's own."""
        return template_file(self.chat_template) if self.chat_template else None

    @property
    def settings(self) -> dict[str, object]:
        """How the answers were asked for, to store with them."""
        asked: dict[str, object] = {"max_tokens": self.max_tokens}
        asked |= {"temperature": self.temperature} if self.temperature else {}
        return asked | ({"chat_template": self.chat_template} if self.chat_template else {})

    def check_tries(self, tries: int) -> None:
        """Raise `InputError` if the model answers alike each time, so that tries tell nothing."""
        if tries > 1 and self.asks and not self.gemini and not self.temperature:
            raise InputError(
                f"--tries {tries}: at temperature 0 each try is the same, and a model folder "
                "always answers so; use an --endpoint with a --temperature, or leave --tries out."
            )

    def check(self) -> None:
        """Raise `InputError` for options that contradict each other."""
        if self.gemini and self.endpoint is not None:
            raise InputError("--gemini and --endpoint exclude each other; choose one.")
        if self.raw and self.endpoint is None:
            raise InputError("--raw is for an --endpoint; a model folder is always read that way.")
        if self.template is not None and not self.raw:
            raise InputError("--template needs --raw; add it, or leave --template out.")
        here = self.raw or (self.model is not None and self.endpoint is None and not self.gemini)
        if self.chat_template is not None and not here:
            raise InputError(
                "--chat-template is only for prompts rendered here, with --model FOLDER or with "
                "--endpoint and --raw; leave it out."
            )
        for name, given in (("--max-cost", self.max_cost), ("--base-url", self.base_url)):
            if given is not None and not self.gemini:
                raise InputError(f"{name} needs --gemini; add it, or leave {name} out.")
        if self.temperature and self.endpoint is None:
            raise InputError("--temperature is for an --endpoint; leave it out.")
        if not 0 < self.timeout < float("inf"):
            raise InputError(f"--timeout {self.timeout:g}: it must be more than 0 seconds.")


@contextmanager
def answering(choice: AnswererChoice, dataset: Path, *, chat: bool = False) -> Iterator[Answerer]:
    """Return what answers; a run of Gemini is recorded among those of the dataset.

    chat: have Gemini go on with conversations; the others always do.

    Raises `InputError` if it isn't available, and turns a spent budget into `SpentError`.
    """
    choice.check()
    if choice.gemini:
        with _gemini(choice, dataset, chat=chat) as answerer:
            yield answerer
    elif choice.endpoint is not None:
        yield _endpoint(choice, choice.endpoint)
    else:
        yield _folder(choice)


def gemini_choice(choice: AnswererChoice) -> EngineChoice:
    """Return the choice of Gemini. Raises `InputError` if there isn't a key."""
    options = ModelOptions(model=choice.model, base_url=choice.base_url, workers=choice.workers)
    chosen = choose_engine("auto", options=options)
    if chosen.key is None:
        places = f"{FILE}, {', '.join(VARIABLES)}"
        raise InputError(
            f"--gemini needs a Gemini key, but none was found ({places}); put one there."
        )
    return chosen


@contextmanager
def _gemini(choice: AnswererChoice, dataset: Path, *, chat: bool) -> Iterator[Answerer]:
    from workbench.adapters.answerers.gemini import Gemini

    chosen = gemini_choice(choice)
    prompts, model = None if chat else EvaluationPrompts(), make_model(chosen)
    with recorded_asking(
        "evaluate",
        dataset,
        model,
        choice.prices,
        tier=chosen.tier,
        max_cost=choice.max_cost,
        options={"workers": choice.workers},
        prompts=prompts.hash if prompts else "",
    ) as (asker, log):
        try:
            yield Gemini(Budgeted(model, asker, log), prompts)
        except WorkbenchError as error:
            if not asker.spent:
                raise
            raise SpentError(
                f"{error}; run the same command with a higher limit to continue."
            ) from None


def _folder(choice: AnswererChoice) -> Answerer:
    folder = Path(choice.model or "")
    if choice.model is None or not folder.is_dir():
        raise InputError(
            f"{choice.model}: there is no such model folder; name one, or use --endpoint URL or "
            f"--gemini."
        )
    from workbench.adapters.answerers.local import open_local

    return open_local(folder, choice.max_tokens, choice.workers, choice.template_in_place)


def _endpoint(choice: AnswererChoice, url: str) -> Answerer:
    from workbench.adapters.models.openai.endpoint import Endpoint

    template = None
    if choice.raw:
        folder = choice.template or Path(choice.model or "")
        if not (choice.template or choice.model) or not folder.is_dir():
            raise InputError(
                "--raw renders the prompt here: give --template FOLDER, the model's folder with "
                "its tokenizer and chat template."
            )
        template = load_chat_template(folder, choice.template_in_place)
    return Endpoint(
        url,
        choice.model or "",
        template=template,
        max_tokens=choice.max_tokens,
        timeout=choice.timeout,
        temperature=choice.temperature,
        key=server_key(),
    )
