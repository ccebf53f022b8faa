"""A chat template that loses what went before: refused for training, told of in an evaluation."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from openai_server import OpenAIServer, said, written

from workbench.adapters.models.openai.endpoint import Endpoint
from workbench.adapters.templates.chat import ChatTemplate
from workbench.core.errors import InputError
from workbench.core.samples import from_item
from workbench.core.training.gold import read_golds
from workbench.core.training.records import RecordShape, RecordWriter
from workbench.jobs.finetune.data import check_template, read_lines

TWENTY = [*map(from_item, json.loads(Path(__file__).with_name("export.json").read_text("utf-8")))]
WHOLE = (
    "{% for t in tools %}{{ t | tojson }}{% endfor %}{% for m in messages %}<|im_start|>"
    "{{ 'user' if m.role == 'tool' else m.role }}\n{% if m.role == 'tool' %}<tool_response>\n"
    "{{ m.content }}\n</tool_response>{% else %}{{ m.content }}{% endif %}"
    "{% for c in m.tool_calls %}<tool_call>\n"
    '{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}'
    "\n</tool_call>{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LOSSY = WHOLE.replace("{{ m.content }}\n</tool", "\n</tool")


def template(source):
    return ChatTemplate(source, {"bos_token": "", "eos_token": ""}, "hermes", Path("model"))


def encoder(source):
    """As much of an encoder as the probe needs."""
    one = template(source)
    return SimpleNamespace(
        render=lambda messages, tools, start: one.render(
            messages, tools, add_generation_prompt=start
        ),
        family=one.family,
        map_roles=True,
        row=lambda _: SimpleNamespace(text=""),
        stop_token=lambda _: 7,
        tokenizer=SimpleNamespace(convert_tokens_to_ids=lambda _: [1, 2], unk_token_id=0),
    )


def lines(catalog, form, samples=TWENTY):
    writer = RecordWriter(catalog, ("", ""), 0, RecordShape(True, 2, 2, form))
    return [line for sample in samples for line in writer.records(sample, "train")]


def test_training_on_conversations_is_refused_if_the_template_loses_results():
    assert check_template(encoder(WHOLE), "model", dialogs=True) == 7
    assert check_template(encoder(LOSSY), "model") == 7, "calls alone come through"
    with pytest.raises(InputError, match=r"drops the calls' results\. Nothing was trained"):
        check_template(encoder(LOSSY), "model", dialogs=True)


@pytest.mark.parametrize(("form", "dialogs"), [("single", False), ("steps", True)])
def test_records_that_go_on_after_a_result_are_known_as_conversations(
    catalog, tmp_path, form, dialogs
):
    path = tmp_path / "records.jsonl"
    samples = [one for one in TWENTY if form != "single"] or [
        from_item({"query": "x", "answers": [{"name": "lock", "arguments": {}}]})
    ]
    path.write_bytes(b"".join(lines(catalog, form, samples)))
    assert read_lines(path, None, 0).dialogs is dialogs


@pytest.mark.parametrize("source", [WHOLE, LOSSY])
def test_what_a_template_loses_of_a_conversation_is_told_once_one_was_asked(catalog, source):
    first, second = read_golds(lines(catalog, "dialog")[0], 1)[:2]
    notes = []

    async def asked(server):
        endpoint = Endpoint(server.url, "car", template=template(source))
        for gold in (first, second):
            await endpoint.answer(gold)
            notes.append([*endpoint.notes])
        await endpoint.close()

    with OpenAIServer() as server:
        server.answer = lambda *_: written("Done.")
        asyncio.run(asked(server))
    assert notes[0] == []
    assert ["drops the calls' results" in note for note in notes[1]] == [True] * (source == LOSSY)


def test_a_server_gets_earlier_calls_with_their_arguments_as_text(catalog):
    gold = read_golds(lines(catalog, "dialog")[0], 1)[1]

    async def asked(server):
        endpoint = Endpoint(server.url, "car")
        await endpoint.answer(gold)
        await endpoint.close()

    with OpenAIServer() as server:
        server.answer = lambda *_: said("Done.")
        asyncio.run(asked(server))
    [(_, body)] = server.asked
    [call] = body["messages"][2]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == dict(gold.before[0].calls[0].arguments)
    assert call["type"] == "function"
    assert call["id"] == body["messages"][3]["tool_call_id"]
