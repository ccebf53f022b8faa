"""Answers from a model folder, a whole model or a LoRA adapter: greedy, several prompts at a
time.
"""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.adapters.tuning import need_finetune
from workbench.adapters.tuning.models import OWN_CODE, SAFELY, asks_for_trust
from workbench.core.errors import InputError
from workbench.core.training.outputs import STOPS, Family

ADAPTER_FILE = "adapter_config.json"


class TooLongError(ValueError):
    """A prompt that leaves no room for an answer."""


class LocalModel:
    """A loaded model, from `load_model`. For one thread; `stop` may come from another."""

    def __init__(self, model: Any, tokenizer: Any, family: Family) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._stopped = threading.Event()
        self._limit = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        self._stops = _stops(model, tokenizer, family)
        self._pad = next(n for n in (tokenizer.pad_token_id, self._stops[0], 0) if n is not None)

    def stop(self) -> None:
        """Stop generating at once, now and later."""
        self._stopped.set()

    def tokens(self, prompt: str) -> list[int]:
        """Return only a prompt's tokens: the chat template has added everything needed."""
        return list(self._tokenizer(prompt, add_special_tokens=False)["input_ids"])

    def room(self, prompt: Sequence[int], max_tokens: int) -> int:
        """Return how many tokens an answer may have after a prompt; 0 if the prompt is too long.

        max_tokens: the most wanted.
        """
        return max_tokens if self._limit is None else min(max_tokens, self._limit - len(prompt))

    def generate(self, prompts: Sequence[list[int]], max_tokens: int) -> list[str]:
        """Continue each prompt, greedily, for at most `max_tokens` tokens.

        All get the room of the longest, so ask prompts with equal room together; see `room`.
        Returns the texts with special tokens, including the stop token. Raises `TooLongError`,
        naming the first prompt that is too long.
        """
        import torch
        from transformers import GenerationConfig, StoppingCriteriaList

        longest = max(map(len, prompts))
        room = min(self.room(prompt, max_tokens) for prompt in prompts)
        if room <= 0:
            raise TooLongError(
                f"its prompt has {longest:,} tokens, and the model takes {self._limit:,}"
            )
        # On the left, so that all answers begin at the same position.
        ids = [[self._pad] * (longest - len(row)) + row for row in prompts]
        mask = [[0] * (longest - len(row)) + [1] * len(row) for row in prompts]
        # A folder's own settings may sample, or penalise repetition such as property names.
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=room,
            eos_token_id=self._stops,
            pad_token_id=self._pad,
        )
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=torch.tensor(ids, device=self._model.device),
                attention_mask=torch.tensor(mask, device=self._model.device),
                generation_config=config,
                stopping_criteria=StoppingCriteriaList([lambda *_, **__: self._halted(len(ids))]),
            )
        return [self._text(row[longest:]) for row in written.tolist()]

    def _halted(self, rows: int) -> Any:
        import torch

        return torch.full((rows,), self._stopped.is_set(), device=self._model.device)

    def _text(self, tokens: list[int]) -> str:
        end = next((n for n, token in enumerate(tokens, 1) if token in self._stops), len(tokens))
        return str(self._tokenizer.decode(tokens[:end], skip_special_tokens=False))


def load_model(folder: Path, family: Family) -> LocalModel:
    """Load a model folder, onto the GPU if there is one; a LoRA adapter with its base model.

    Raises `InputError` if it cannot be loaded, or the extra is not installed.
    """
    need_finetune()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    base = adapter_base(folder)
    gpu = torch.cuda.is_available()
    try:
        has_tokenizer = (folder / "tokenizer_config.json").is_file()
        tokenizer = AutoTokenizer.from_pretrained(
            folder if has_tokenizer or not base else base, **SAFELY
        )
        model = AutoModelForCausalLM.from_pretrained(
            base or folder, dtype="auto" if gpu else torch.float32, weights_only=True, **SAFELY
        )
        if base:
            from peft import PeftModel

            if len(tokenizer) > model.get_input_embeddings().num_embeddings:
                model.resize_token_embeddings(len(tokenizer))
            model = PeftModel.from_pretrained(model, folder)
    except Exception as error:  # a folder's files may be broken in any way
        if asks_for_trust(error):
            raise InputError(f"{base or folder}: {OWN_CODE}") from None
        said = " ".join(str(error).split())[:300]
        raise InputError(
            f"{folder}: the model can't be loaded ({said}); name a folder with a transformers "
            f"model, or a LoRA adapter whose base model can be found."
        ) from None
    model.to("cuda" if gpu else "cpu").eval()
    return LocalModel(model, tokenizer, family)


def adapter_base(folder: Path) -> str:
    """Return the base model of a LoRA adapter's folder, "" for the folder of a whole model.

    Raises `InputError` if the adapter does not say.
    """
    path = folder / ADAPTER_FILE
    if not path.is_file():
        return ""
    try:
        base = json.loads(path.read_text("utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        base = None
    if not isinstance(base, str) or not base:
        raise InputError(f"{path}: it names no base model; merge the adapter, or save it again.")
    return base


def _stops(model: Any, tokenizer: Any, family: Family) -> list[int]:
    known = tokenizer.get_vocab()
    own = model.generation_config.eos_token_id
    own = own if isinstance(own, list) else [own]
    found = [*own, tokenizer.eos_token_id, *(known.get(token) for token in STOPS[family])]
    return list(dict.fromkeys(token for token in found if token is not None))
