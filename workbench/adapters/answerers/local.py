"""A model folder on this machine. Questions that come together are answered together."""

import asyncio
import json
from hashlib import blake2b
from pathlib import Path

from workbench.adapters.models.answering import AnswerError, Arrived, Given, nothing_saved
from workbench.adapters.templates.chat import ChatTemplate, load_chat_template
from workbench.adapters.tuning import RUN_FILE
from workbench.adapters.tuning.generating import LocalModel, TooLongError, adapter_base, load_model
from workbench.core.errors import InputError
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import Family

_PIECES, _PIECE = 64, 2**16
_MUCH_LONGER = 1.5
_Waiting = tuple[list[int], "asyncio.Future[str]"]


class Local:
    """Asks a model folder; see the protocol `Answerer`.

    max_tokens: of an answer. batch: questions that are answered at a time, at most.
    """

    source = "folder"

    def __init__(
        self, folder: Path, template: ChatTemplate, model: LocalModel, max_tokens: int, batch: int
    ) -> None:
        self.model = str(folder)
        self.weights = weights_hash(folder)
        self._template = template
        self._trained = _longest_trained(folder)
        self._longest = 0
        self._dialogs = False
        self._local = model
        self._max_tokens = max_tokens
        self._batch = batch
        self._waiting: list[_Waiting] = []
        self._turn: asyncio.Task[None] | None = None

    @property
    def family(self) -> Family:
        """How the model writes calls."""
        return self._template.family

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know, in sentences."""
        said = self._template.cautions(dialogs=self._dialogs)
        if self._trained and self._longest > _MUCH_LONGER * self._trained:
            said += (
                f"{self.model}: it was trained on records of up to {self._trained:,} tokens, and "
                f"is asked prompts of up to {self._longest:,}; are these records of the same form "
                "(--catalog, --tools-per-record, --properties-per-record)?",
            )
        return said

    async def close(self) -> None:
        """Generate no more."""
        self._local.stop()
        if self._turn is not None:
            await asyncio.gather(self._turn, return_exceptions=True)

    async def answer(self, gold: Gold, arrived: Arrived = nothing_saved) -> Given:  # noqa: ARG002
        """Ask the model. Raises `AnswerError`. Its text is saved before anything reads it."""
        try:
            prompt = self._local.tokens(self._template.prompt(gold))
        except InputError as error:
            raise AnswerError(str(error)) from None
        self._longest = max(self._longest, len(prompt))
        self._dialogs = self._dialogs or gold.goes_on
        text: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append((prompt, text))
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._answer_all())
        return Given(text=await text)

    async def _answer_all(self) -> None:
        while self._waiting:
            # Of about equal length, so that little is generated for padding.
            self._waiting.sort(key=lambda one: len(one[0]))
            batch = self._together()
            self._waiting = self._waiting[len(batch) :]
            try:
                prompts = [prompt for prompt, _ in batch]
                texts = await asyncio.to_thread(self._local.generate, prompts, self._max_tokens)
            except Exception as error:  # whatever torch raises
                self._fail(batch, error)
                continue
            for (_, future), text in zip(batch, texts, strict=True):
                if not future.done():
                    future.set_result(text)
            await asyncio.sleep(0)  # who asks next may join the next batch

    def _together(self) -> list[_Waiting]:
        """Return the next ones to answer: a long prompt must not cut the answers to short ones."""
        rooms = [
            self._local.room(prompt, self._max_tokens) for prompt, _ in self._waiting[: self._batch]
        ]
        return self._waiting[: rooms.count(rooms[0])]  # the same ones stand together, for length

    def _fail(self, batch: list[_Waiting], error: Exception) -> None:
        if isinstance(error, TooLongError) and len(batch) > 1:
            # The longest is the last; the others can still be answered.
            self._waiting += batch[:-1]
            batch = batch[-1:]
        for _, future in batch:
            if not future.done():
                future.set_exception(_failure(error))


def open_local(
    folder: Path, max_tokens: int, batch: int, chat_template: Path | None = None
) -> Local:
    """Load a model folder. chat_template: in place of its own. Raises `InputError`."""
    base = adapter_base(folder)
    has_template = (folder / "tokenizer_config.json").is_file()
    place = folder if has_template or not base else Path(base)
    template = load_chat_template(place, chat_template)
    return Local(folder, template, load_model(folder, template.family), max_tokens, batch)


def weights_hash(folder: Path) -> str:
    """Hash a folder's weights, 16 hex digits: names, sizes, and pieces from all over each file.

    Training changes them everywhere, and to read gigabytes would take longer than some evaluations.
    """
    digest = blake2b(digest_size=8)
    for path in sorted((*folder.glob("*.safetensors"), *folder.glob("*.bin"))):
        size = path.stat().st_size
        digest.update(f"{path.name}:{size}\n".encode())
        with path.open("rb") as file:
            for piece in range(_PIECES):
                file.seek(piece * size // _PIECES)
                digest.update(file.read(_PIECE))
    return digest.hexdigest()


def _longest_trained(folder: Path) -> int:
    """Return the tokens of the longest record that a model was trained on here, 0 if unknown."""
    try:
        return int(json.loads((folder / RUN_FILE).read_bytes())["tokens"]["most"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _failure(error: Exception) -> AnswerError:
    if isinstance(error, TooLongError):
        return AnswerError(str(error))
    said = " ".join(str(error).split())[:200]
    if type(error).__name__ == "OutOfMemoryError":
        return AnswerError("the GPU has too little memory; lower --workers", fatal=True)
    return AnswerError(f"the model failed ({type(error).__name__}: {said})", fatal=True)
