"""Chat templates, and the probe that shows what they lose."""

import json
from pathlib import Path

import pytest

from workbench.adapters.templates.chat import ChatTemplate, load_chat_template
from workbench.core.errors import InputError
from workbench.core.training.outputs import detect_family, read_results
from workbench.core.training.probe import probe_dialog, probe_template

HEAD = "{% for t in tools %}{{ t | tojson }}{% endfor %}"
TURN = "<|im_start|>{{ m.role }}\n{{ m.content }}"
CALLS = (
    "{% for c in m.tool_calls %}<tool_call>\n"
    '{"name": "{{ c.function.name }}", "arguments": {{ c.function.arguments | tojson }}}'
    "\n</tool_call>{% endfor %}"
)
END = "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
WHOLE = f"{HEAD}{{% for m in messages %}}{TURN}{CALLS}<|im_end|>\n{{% endfor %}}{END}"


def template(source):
    tokens = {"bos_token": "", "eos_token": ""}
    return ChatTemplate(source, tokens, detect_family(source) or "llama", Path("model"))


def losses(source):
    one = template(source)
    return [
        loss.what
        for loss in probe_template(
            lambda messages, tools, start: one.render(messages, tools, add_generation_prompt=start),
            one.family,
        )
    ]


def test_a_template_that_renders_all_loses_nothing():
    assert losses(WHOLE) == []


LOSING = {
    "the developer's role": (
        WHOLE.replace("{% for m in messages %}", "{% for m in messages if m.role != 'system' %}"),
        ["catalogue"],
    ),
    "the tools": (WHOLE.replace(HEAD, ""), ["tools"]),
    "the last tool": (WHOLE.replace("for t in tools", "for t in tools[:1]"), ["tools"]),
    "what the tools are for": (
        WHOLE.replace("t | tojson", "t.function.name ~ t.function.parameters | tojson"),
        ["tools"],
    ),
    "the tools' parameters": (
        WHOLE.replace("t | tojson", "t.function.name ~ t.function.description"),
        ["tools"],
    ),
    "all calls but the first": (
        WHOLE.replace("m.tool_calls %}", "(m.tool_calls or [])[:1] %}"),
        ["calls"],
    ),
    "all calls": (WHOLE.replace(CALLS, ""), ["calls"]),
    "the types of values": (
        WHOLE.replace("c.function.arguments |", "c.function.arguments | string |"),
        ["calls"],
    ),
    "the query": (
        WHOLE.replace("{{ m.content }}", "{{ m.content if m.role != 'user' }}"),
        ["query"],
    ),
    "the prompt as a beginning": (
        WHOLE.replace(END, END.replace("\n{% endif", "<think>{% endif")),
        ["prefix"],
    ),
    "answers of more than one call": (
        WHOLE.replace(
            CALLS,
            "{% if m.tool_calls and m.tool_calls | length > 1 %}"
            "{{ raise_exception('only one') }}{% endif %}<tool_call>",
        ),
        ["calls"],
    ),
    "the whole chat": ("{{ raise_exception('no tools') }}<tool_call>", ["prompt"]),
}


@pytest.mark.parametrize(("source", "lost"), LOSING.values(), ids=LOSING)
def test_what_a_template_loses_is_told(source, lost):
    assert losses(source) == lost


def test_gemma_keeps_the_developer_and_its_trigger_has_no_point():
    source = (
        "{% for m in messages %}<start_of_turn>{{ m.role }}\n{{ m.content }}"
        "{% if loop.first %}{% for t in tools %}<start_function_declaration>"
        "{{ t | tojson }}{% endfor %}{% endif %}"
        "{% for c in m.tool_calls %}<start_function_call>call:{{ c.function.name ~ '{' }}"
        "{% for k, v in c.function.arguments | dictsort %}{{ ',' if not loop.first }}{{ k }}:"
        "{{ '<escape>' ~ v ~ '<escape>' if v is string else v }}{% endfor %}}"
        "<end_function_call>{% endfor %}"
        "{{ '<start_function_response>' if m.tool_calls else '<end_of_turn>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>assistant\n{% endif %}"
    )
    assert template(source).family == "functiongemma"
    assert losses(source) == []
    assert losses(source.replace("{{ m.content }}", "{{ m.content }} ")) == ["trigger"]


def test_marks_of_generation_change_nothing():
    marked = WHOLE.replace(CALLS, f"{{% generation %}}{CALLS}{{% endgeneration %}}")
    assert losses(marked) == []


def test_a_folder_s_template_is_found_in_either_file(tmp_path):
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": WHOLE}))
    assert load_chat_template(tmp_path).source == WHOLE
    (tmp_path / "chat_template.jinja").write_text("other <function=")
    assert load_chat_template(tmp_path).family == "tagged"
    named = [{"name": "default", "template": "no"}, {"name": "tool_use", "template": WHOLE}]
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": named}))
    (tmp_path / "chat_template.jinja").unlink(missing_ok=True)
    assert load_chat_template(tmp_path).source == WHOLE


def test_a_folder_without_a_template_is_told(tmp_path):
    for content, said in ((None, "can't be read"), ("{}", "no chat template"), ("[", "not JSON")):
        if content is not None:
            (tmp_path / "tokenizer_config.json").write_text(content)
        with pytest.raises(InputError, match=said):
            load_chat_template(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text("{}")
    (tmp_path / "chat_template.jinja").write_bytes(b"\xff")
    with pytest.raises(InputError, match="is not UTF-8"):
        load_chat_template(tmp_path)
    (tmp_path / "chat_template.jinja").write_text("{% for %}")
    (tmp_path / "tokenizer_config.json").write_text("{}")
    with pytest.raises(InputError, match="broken"):
        load_chat_template(tmp_path)


RESULTS = (
    "{% if m.role == 'tool' %}<|im_start|>user\n<tool_response>\n{{ m.content }}\n</tool_response>"
    "<|im_end|>\n{% else %}"
)
DIALOG = WHOLE.replace(TURN, f"{RESULTS}{TURN}").replace(
    f"{{% endfor %}}{END}", f"{{% endif %}}{{% endfor %}}{END}"
)
DIALOG_LOSING = {
    "nothing": (DIALOG, []),
    "results": (
        DIALOG.replace("{{ m.content }}\n</tool", "\n</tool"),
        ["results: the chat template drops the calls' results"],
    ),
    "results of which a list is expected": (
        DIALOG.replace(
            "<tool_response>\n{{ m.content }}\n</tool_response>",
            "{% for part in m.content %}<tool_response>\n"
            "{{ part.text or part }}\n</tool_response>{% endfor %}",
        ),
        ["results: the chat template takes a result apart into single characters"],
    ),
    "the order of results": (
        DIALOG.replace(
            "{% for m in messages %}",
            "{% for m in messages | selectattr('role', '!=', 'tool') %}"
            "{% if loop.last and loop.length > 3 or add_generation_prompt and loop.last %}"
            "{% for t in messages[::-1] if t.role == 'tool' %}{{ t.content }}{% endfor %}"
            "{% endif %}",
        ),
        ["results: the chat template gives a call another one's result", "prefix"],
    ),
    "values in results": (
        DIALOG.replace("{{ m.content }}\n</tool", "{{ m.content | upper }}\n</tool"),
        ["results: the chat template changes the calls' results"],
    ),
    "the role of a result": (
        DIALOG.replace("<tool_response>", "{{ raise_exception('no tools here') }}", 1),
        ["results: the chat template refuses a call's result: model: its chat"],
    ),
    "what went before the last request": (
        DIALOG.replace(
            "{% for m in messages %}",
            "{% for m in messages if m.role != 'assistant' or messages[-1].role != 'user' %}",
        ),
        ["history: the chat template drops what went before (the calls, the reply)", "prefix"],
    ),
    "a second request": (
        DIALOG.replace(
            "{% for m in messages %}",
            "{% if messages | selectattr('role', '==', 'user') | list | length > 1 %}"
            "{{ raise_exception('one turn') }}{% endif %}{% for m in messages %}",
        ),
        ["history: the chat template refuses a second request"],
    ),
    "replies": (
        DIALOG.replace("{{ m.content }}{%", "{{ m.content if m.role != 'assistant' }}{%"),
        ["reply", "history", "reply"],
    ),
}


def dialog_losses(source):
    one = template(source)
    return probe_dialog(
        lambda messages, tools, start: one.render(messages, tools, add_generation_prompt=start),
        one.family,
    )


@pytest.mark.parametrize(("source", "lost"), DIALOG_LOSING.values(), ids=DIALOG_LOSING)
def test_what_a_template_loses_of_a_conversation_is_told(source, lost):
    told = [f"{loss.what}: {loss.sentence}" for loss in dialog_losses(source)]
    assert len(told) == len(lost), told
    for one, start in zip(told, lost, strict=True):
        assert one.startswith(start)


def test_a_gemma_template_that_misnames_a_result_is_found_out():
    source = (
        "{% for t in tools %}{{ t | tojson }}{% endfor %}{% for m in messages %}"
        "{% if m.role == 'tool' %}<|tool_response>response:{{ m.name }}{value:<|\"|>"
        '{{ m.content }}<|"|>}<tool_response|>'
        "{% else %}<|turn>{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls %}<|tool_call>"
        'call:{{ c.function.name }}{name:<|"|>{{ c.function.arguments.name }}<|"|>}<tool_call|>'
        "{% endfor %}<turn|>\n{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|turn>assistant\n{% endif %}"
    )
    assert dialog_losses(source) == ()
    [loss] = dialog_losses(source.replace("response:{{ m.name }}", "response:markSecondTool"))
    assert loss.sentence == "the chat template gives a call another one's result"
    [loss] = dialog_losses(source.replace("<|tool_response>response:{{ m.name }}", "tool "))
    assert "without the marks that the model knows" in loss.sentence


FUNCTION_GEMMA = (
    "{% set ns = namespace(after='') %}{% for m in messages %}{% if m.role == 'tool' %}"
    "<start_function_response>response:{{ m.name }}{value:<escape>{{ m.content }}<escape>}"
    "<end_function_response>{% set ns.after = 'tool' %}{% else %}"
    "{{ '<start_of_turn>' ~ m.role ~ '\n' if ns.after != 'tool' }}{{ m.content }}"
    "{% if loop.first %}{% for t in tools %}<start_function_declaration>{{ t | tojson }}"
    "{% endfor %}{% endif %}{% for c in m.tool_calls %}<start_function_call>call:"
    "{{ c.function.name ~ '{' }}{% for k, v in c.function.arguments | dictsort %}"
    "{{ ',' if not loop.first }}{{ k }}:{{ '<escape>' ~ v ~ '<escape>' if v is string else v }}"
    "{% endfor %}}<end_function_call>{% endfor %}{% set ns.after = m.role %}"
    "{{ '<end_of_turn>\n' if not m.tool_calls }}{% endif %}{% endfor %}"
    "{{ '<start_of_turn>assistant\n' if add_generation_prompt and ns.after != 'tool' }}"
)


def test_results_that_go_on_in_the_model_s_own_turn_come_through():
    """As FunctionGemma writes them: after a result, no new turn begins."""
    one = template(FUNCTION_GEMMA)
    assert one.family == "functiongemma"
    assert losses(FUNCTION_GEMMA) == []
    assert dialog_losses(FUNCTION_GEMMA) == ()
    lost = FUNCTION_GEMMA.replace("{{ m.content }}<escape>", "{{ m.content | length }}<escape>")
    assert [loss.what for loss in dialog_losses(lost)] == ["results"]


@pytest.mark.parametrize(
    ("family", "prompt", "read"),
    [
        ("hermes", "<tool_response>\n{}\n</tool_response>\n<tool_response>a", [("", "{}")]),
        ("tagged", "<tool_response>\na\n\nb\n</tool_response>", [("", "a\n\nb")]),
        (
            "gemma4",
            '<|tool_response>response:f{a:1.0,b:<|"|>x}<|"|>}<tool_response|>',
            [("f", '{"a":1.0,"b":"x}"}')],
        ),
        (
            "functiongemma",
            "<start_function_response>response:f{value:<escape>{}<escape>}<end_function_response>"
            "<start_function_response>response:broken<end_function_response>"
            "<start_function_response>response:g{}<end_function_response>",
            [("f", "{}"), ("", "broken"), ("g", "{}")],
        ),
        ("gemma4", "<|tool_response>response:f{", [("", "f{")]),
        ("llama", "no marks", []),
    ],
)
def test_results_are_read_back_from_a_prompt(family, prompt, read):
    assert read_results(prompt, family) == read
