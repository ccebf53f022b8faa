"""The demo's model: made from scratch, small enough to train in minutes on one thread."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

DEMO_TEMPLATE = (
    "{%- if tools -%}<|im_start|>tools\n{{ tools | tojson }}<|im_end|>\n{%- endif -%}"
    "{%- for m in messages if m.content or m.tool_calls -%}<|im_start|>{{ m.role }}\n"
    "{%- if m.content %}{{ m.content }}{% endif -%}"
    "{%- for c in m.tool_calls -%}<tool_call>"
    '{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}'
    "</tool_call>{%- endfor -%}<|im_end|>\n{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|im_start|>assistant\n{%- endif -%}"
)
"""Calls as Qwen writes them. Empty messages are skipped: the demo's records have no catalogue."""

_SPECIAL = ["<|im_end|>", "<|im_start|>", "<tool_call>", "</tool_call>"]
_FIXED = [
    '{"name": "',
    '", "arguments": {"propertyName": "',
    '", "areaId": ',
    ', "value": ',
    "true",
    "false",
]
"""The parts common to all calls: a token each, so that a model this small learns what differs."""


def demo_tokenizer(texts: Iterable[str], names: Iterable[str], vocabulary: int = 1100) -> Any:
    """Train a tokenizer: digits one by one, names and the fixed parts of calls whole.

    texts: to learn the rest of the vocabulary from. vocabulary: tokens in all.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)]
    )
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=_SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    inner.train_from_iterator(texts, trainer)
    inner.add_tokens([*_FIXED, *names])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    tokenizer.chat_template = DEMO_TEMPLATE
    return tokenizer


def demo_model(tokenizer: Any, seed: int) -> Any:
    """Make an untrained model for a tokenizer: two layers, width 96, about 0.4 M parameters."""
    from transformers import Qwen3Config, Qwen3ForCausalLM, set_seed

    set_seed(seed)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        head_dim=24,
        max_position_embeddings=512,
        dtype="float32",
        tie_word_embeddings=True,
        initializer_range=0.08,  # about 1 / sqrt(width); with the default it learns more slowly
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return Qwen3ForCausalLM(config)


def save_demo(folder: Path, tokenizer: Any, model: Any) -> None:
    """Write both into a folder, like any model folder."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
