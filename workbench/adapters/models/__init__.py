"""Language models: a text goes in, a text comes back. Engines, judge and repair ask through this.

One small protocol, so that only `workbench.adapters.models.gemini` knows a service's client.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Protocol

from workbench.core.options import Option
from workbench.core.spending.usage import Usage

FaultKind = Literal[
    "rate limit",
    "daily quota",
    "billing",
    "server",
    "timeout",
    "unreachable",
    "connection",
    "blocked",
    "withheld",
    "empty",
    "unreadable",
    "too long",
    "key",
    "access",
    "model",
    "region",
    "malformed",
    "redirect",
    "prompt",
    "other",
]
"""What went wrong with a request, in a word or two; counted by kind in the record of a run."""


Thinking = Literal["minimal", "low", "medium", "high"]
ServiceTier = Literal["flex", "standard", "priority"]


MOST_SECONDS = 86_400
"""A day: nothing is waited for any longer."""


BaseUrl = Annotated[str | None, Option("--base-url", "Another address of the Gemini service.")]
EndpointUrl = Annotated[
    str | None, Option("--endpoint", "An OpenAI-compatible server.", metavar="URL")
]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model is asked. What is None is left to the settings, the client or the service.

    base_url: another address of the service. timeout: seconds for one send. rpm, tpm: requests
    and prompt tokens a minute that are not to be passed. workers: requests in flight at first;
    fewer after the service complains.
    """

    model: Annotated[str | None, Option("--model", "Gemini model.")] = None
    base_url: BaseUrl = None
    timeout: Annotated[
        float | None,
        Option("--timeout", "Seconds to wait for an answer.", low=1, high=MOST_SECONDS),
    ] = None
    service_tier: Annotated[
        ServiceTier | None,
        Option("--service-tier", "flex: half the price, slow; priority: fast, costs more."),
    ] = None
    thinking: Annotated[
        Thinking | None, Option("--thinking", "How much the model thinks (Gemini 3 and later).")
    ] = None
    rpm: Annotated[
        int | None, Option("--rpm", "Requests per minute that your plan allows.", low=1)
    ] = None
    tpm: Annotated[
        int | None, Option("--tpm", "Prompt tokens per minute that your plan allows.", low=1)
    ] = None
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """A conversation to go on with. system: what comes before it. messages: of a record. tools: its
    functions. bodies: the model's own answers in it, as they arrived, in order; none if others
    gave them.
    """

    system: str
    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]]
    bodies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked. schema: of the answer, as JSON. max_output: tokens, with thinking.

    may_resend: asked with the kind of a fault before the prompt is sent once more, for a send that
    came to nothing may be billed, and there may be no money for another.
    arrived: given the body of an answer the moment it has come, keys taken out, before anything
    reads it: to put it on disk. What it raises ends the request.
    chat: asked in place of the text, which then only tells how much that is.
    """

    text: str
    schema: Mapping[str, Any] | None = None
    max_output: int | None = None
    may_resend: Callable[[str], bool] | None = None
    arrived: Callable[[bytes], None] | None = None
    chat: ChatPrompt | None = None


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What came back, as it came: the text, the tokens and why it ended.

    calls: of functions, each with `name` and `arguments`, where these were offered in a chat.

    version: the model that answered, as the service names it. faults: what went wrong before, for
    each time that the request was sent in vain. tier: the service tier that it was billed in,
    where the service says.
    """

    text: str
    usage: Usage | None = None
    finish: str = ""
    version: str = ""
    faults: tuple[FaultKind, ...] = ()
    tier: str = ""
    calls: tuple[Mapping[str, Any], ...] = ()

    @property
    def cut(self) -> bool:
        """Whether the output limit ended it, so that its last item is probably not whole."""
        return self.finish in CUT


CUT = frozenset({"MAX_TOKENS", "CONTINUATION"})
"""Ends by which the service says that it would have had more to write."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is known of a failure besides its sentence.

    usage: tokens that it was billed for, where the service says. retry_after: seconds to wait, as
    the service asks. faults: the kinds of all sends of this request, this one last. finish: why
    the answer ended, where there was one without a text.
    """

    kind: FaultKind = "other"
    usage: Usage | None = None
    retry_after: float | None = None
    faults: tuple[FaultKind, ...] = field(default=())
    finish: str = ""


class ModelError(Exception):
    """A request that failed. `fatal`: no other request can succeed either (a bad key, say)."""

    def __init__(self, message: str, *, fatal: bool = False, fault: Fault = Fault()) -> None:
        super().__init__(message)
        self.fatal = fatal
        self.fault = fault


class TextModel(Protocol):
    """A language model behind a service.

    name: of the service. model: of the model asked for. notes: what a user should know of what
    happened, in sentences.
    """

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def notes(self) -> Sequence[str]: ...

    async def ask(self, prompt: Prompt) -> ModelReply:
        """Send one prompt. Raises `ModelError`: one sentence, and never a key in it."""
        ...

    async def close(self) -> None: ...
