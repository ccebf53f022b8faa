"""Let a model answer prompts, several at a time: the likeliest token each time."""

from collections.abc import Callable, Sequence
from typing import Any


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    *,
    max_tokens: int,
    batch: int = 50,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[str]:
    """Give an answer for each prompt, as written, special tokens kept, without its end."""
    import torch

    answers: list[str] = []
    model.eval()
    model.config.use_cache = True
    for start in range(0, len(prompts), batch):
        asked = tokenizer(
            list(prompts[start : start + batch]),
            return_tensors="pt",
            padding=True,
            padding_side="left",
            add_special_tokens=False,
        )
        with torch.no_grad():
            written = model.generate(
                input_ids=asked["input_ids"].to(model.device),
                attention_mask=asked["attention_mask"].to(model.device),
                max_new_tokens=max_tokens,
                do_sample=False,
            )
        length = asked["input_ids"].shape[1]
        pad = tokenizer.pad_token or ""
        for row in written:
            text = tokenizer.decode(row[length:])
            while pad and text.endswith(pad):
                text = text.removesuffix(pad)
            answers.append(text)
        progress(len(answers), len(prompts))
    return answers
