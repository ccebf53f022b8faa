"""Choose what answers: a model folder, an endpoint, Gemini; made when it is needed."""

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from workbench.adapters.answerers import Answerer
from workbench.adapters.chat_templates import load_chat_template
from workbench.adapters.prices import load_prices
from workbench.adapters.secrets import FILE, VARIABLES
from workbench.core.errors import InputError
from workbench.jobs.budget import Budget
from workbench.jobs.engines import choose_engine, make_model
from workbench.jobs.evaluate.spending import Budgeted

KEY_VARIABLE = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class AnswererChoice:
    """What is to answer: Gemini, an endpoint, or else a folder.

    model: a folder, or the name that endpoint or Gemini know it by. raw: render the prompt here
    and read the text here. template: the model folder whose chat template is used for that;
    `model` itself where it is a folder. base_url, max_cost, prices: for Gemini. batch: questions
    that a folder's model answers at a time.
    """

    model: str | None = None
    endpoint: str | None = None
    gemini: bool = False
    raw: bool = False
    template: Path | None = None
    base_url: str | None = None
    max_cost: Decimal | None = None
    prices: Path | None = None
    max_tokens: int = 512
    timeout: float = 120.0
    batch: int = 4

    def check(self) -> None:
        """Raise `InputError` for options that contradict each other."""
        if self.gemini and self.endpoint is not None:
            raise InputError("--gemini and --endpoint exclude each other; choose one.")
        if self.raw and self.endpoint is None:
            raise InputError("--raw is about an --endpoint; a model folder is always read so.")
        if self.max_cost is not None and not self.gemini:
            raise InputError("--max-cost is for --gemini; other models are not paid by the token.")


def make_answerer(choice: AnswererChoice) -> Answerer:
    """Make what answers. Raises `InputError` where it cannot be had."""
    choice.check()
    if choice.gemini:
        return _gemini(choice)
    if choice.endpoint is not None:
        return _endpoint(choice, choice.endpoint)
    folder = Path(choice.model or "")
    if choice.model is None or not folder.is_dir():
        raise InputError(
            f"{choice.model}: there is no such model folder; name one, or say where the model is "
            "with --endpoint URL or --gemini."
        )
    from workbench.adapters.answerers.local import open_local

    return open_local(folder, choice.max_tokens, choice.batch)


def _gemini(choice: AnswererChoice) -> Answerer:
    from workbench.adapters.answerers.gemini import Gemini

    chosen = choose_engine("auto", model=choice.model, base_url=choice.base_url)
    if chosen.key is None:
        places = f"{FILE}, {', '.join(VARIABLES)}"
        raise InputError(f"--gemini needs a Gemini key, and none was found ({places}).")
    model = make_model(chosen)
    budget = Budget(load_prices(choice.prices), model.model, limit=choice.max_cost)
    return Gemini(Budgeted(model, budget))


def _endpoint(choice: AnswererChoice, url: str) -> Answerer:
    from workbench.adapters.answerers.endpoint import Endpoint

    template = None
    if choice.raw:
        folder = choice.template or Path(choice.model or "")
        if not (choice.template or choice.model) or not folder.is_dir():
            raise InputError(
                "--raw renders the prompt here: give --template FOLDER, the model's folder with "
                "its tokenizer and chat template."
            )
        template = load_chat_template(folder)
    key = os.environ.get(KEY_VARIABLE)
    return Endpoint(
        url,
        choice.model or "",
        template=template,
        max_tokens=choice.max_tokens,
        timeout=choice.timeout,
        key=SecretStr(key) if key else None,
    )
