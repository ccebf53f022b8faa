"""Lengths of records by real tokenizers; needs the package `tokenizers` (extra `finetune`)."""

import json

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.token_counts import load_token_counter
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import InputError
from workbench.core.samples import Reply, Sample, Step, ToolCall
from workbench.jobs.records.check_export import check_export
from workbench.jobs.records.export import ExportOptions, plan_export, write_export
from workbench.jobs.records.options import RecordOptions, RefineOptions
from workbench.jobs.records.refine import refine

tokenizers = pytest.importorskip("tokenizers")

TEMPLATE = (
    "{% for m in messages %}{{ m.role }} {{ m.content }}\n"
    "{% for c in m.tool_calls %}<tool_call>{{ c.function.name }} {% endfor %}{% endfor %}"
)


@pytest.fixture
def folder(tmp_path):
    """A tokenizer of words, which by itself would cut texts at eight, as some files do."""
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({"x": 0}, unk_token="x"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    made.enable_truncation(8)
    made.enable_padding(length=8)
    folder = tmp_path / "model"
    folder.mkdir()
    made.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def data(tmp_path):
    """Samples of 9 words more with each; all accepted."""
    path = tmp_path / "data.json"
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    call = ToolCall("setFloatProperty", arguments)
    samples = [Sample(" ".join([sample(i).query] + ["w"] * 9 * i), (call,)) for i in range(6)]
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    return path


def words(record):
    texts = [json.dumps(tool, ensure_ascii=False) for tool in record["tools"]]
    texts += [message.get("content", "") for message in record["messages"]]
    texts += [json.dumps(call, ensure_ascii=False) for call in record["messages"][-1]["tool_calls"]]
    return len("\n".join(texts).split())


def test_all_of_prompt_and_answer_is_counted_and_told(data, folder):
    output = data.with_name("out.jsonl")
    options = RecordOptions("compact", tokenizers=(folder,))
    result = refine(RefineOptions(data, output, records=options))
    assert str(result.measured.lengths[0]).endswith("of that catalogue (as plain text)")
    counts = sorted(words(json.loads(line)) for line in output.read_text().splitlines())
    [told] = result.measured.lengths
    assert (told.minimum, told.maximum) == (counts[0], counts[-1])
    assert told.minimum < told.median < told.maximum
    assert 0.2 < told.catalogue < 0.8
    assert not told.templated
    manifest = json.loads(result.manifest.read_text())["records"]["lengths"]
    assert manifest[0]["tokens"]["max"] == told.maximum


def test_a_chat_template_is_used_where_there_is_one(folder):
    record = {
        "tools": [],
        "messages": [
            {"role": "developer", "content": "a b c"},
            {"role": "user", "content": "d"},
            {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]},
        ],
    }
    plain = load_token_counter(folder)
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    counter = load_token_counter(folder)
    assert (plain.templated, counter.templated) == (False, True)
    # system a b c, user d, assistant, <tool_call>f
    assert counter.count([counter.text(record)]) == [8]
    # It shows neither tools nor arguments, which are not counted then: that is said.
    assert counter.loses == ("tools", "calls")
    (folder / "chat_template.jinja").write_text("{{ raise_exception('No roles!') }}")
    refusing = load_token_counter(folder)
    with pytest.raises(InputError, match=r"No roles!.*tokenizer\.json itself"):
        refusing.text(record)


def test_records_over_the_limit_are_left_out_and_named(data, folder):
    free = RecordOptions(tokenizers=(folder,))
    output = data.with_name("out.jsonl")
    [all_of_them] = refine(RefineOptions(data, output, records=free)).measured.lengths
    limit = RecordOptions(max_tokens=all_of_them.maximum - 1, tokenizers=(folder,))
    result = refine(RefineOptions(data, output, num_test=1, records=limit))
    assert result.counts == {"train": 4, "dev": 0, "eval": 1}
    [gone] = result.measured.too_long
    assert gone.index == 5
    assert str(gone).endswith(f"{all_of_them.maximum:,} tokens")
    exported = write_export(plan_export(ExportOptions(data, output, records=limit)))
    assert exported.counts["train"] == 5
    assert check_export(output, CatalogFiles()).discrepancies == []
    manifest = json.loads(exported.files.manifest.read_text())
    assert manifest["left_out"] == {"over --max-tokens": 1}
    [told] = manifest["records"]["too_long"]
    assert (told["index"], told["tokens"]) == (5, all_of_them.maximum)
    assert "| tokenizer | fewest | median | most |" in exported.files.card.read_text()


def test_nothing_is_written_where_all_are_over_the_limit(data, folder):
    options = RecordOptions(max_tokens=5, tokenizers=(folder,))
    output = data.with_name("none.jsonl")
    with pytest.raises(InputError, match="no record is within 5 tokens; raise --max-tokens"):
        refine(RefineOptions(data, output, records=options))
    with pytest.raises(InputError, match=r"6 over --max-tokens.*Raise --max-tokens, or shorten"):
        write_export(plan_export(ExportOptions(data, output, records=options)))
    assert not output.exists()


def test_what_is_no_tokenizer_is_said_in_a_sentence(tmp_path):
    (tmp_path / "tokenizer.json").write_text("[]")
    with pytest.raises(InputError, match="this is not a tokenizer"):
        load_token_counter(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        load_token_counter(tmp_path / "absent.json")


def test_every_record_of_a_conversation_counts_and_one_too_long_leaves_all_out(data, folder):
    talk = Sample(
        "How warm is it?",
        (ToolCall("getFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1}),),
        then=(Step(reply=Reply("tell", "22 degrees")), Step("thanks", reply=Reply("chat", "Sure"))),
    )
    write_dataset(data, map(encode_sample, [talk, talk_longer(talk, 900)]))
    output = data.with_name("out.jsonl")
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    options = RecordOptions("compact", record_form="steps", tokenizers=(folder,))
    result = refine(RefineOptions(data, output, num_test=0, records=options))
    assert result.counts["train"] == 6
    [told] = result.measured.lengths
    assert "history" in told.loses, "calls that were made before are not in its texts"
    limit = RecordOptions(
        "compact", record_form="steps", tokenizers=(folder,), max_tokens=told.maximum - 1
    )
    result = refine(RefineOptions(data, output, num_test=0, records=limit))
    assert result.counts["train"] == 3
    [gone] = result.measured.too_long
    assert (gone.index, gone.tokens) == (1, told.maximum)


def talk_longer(talk, words):
    """The same, with an end that makes the last record alone longer."""
    last = Step("thanks", reply=Reply("chat", " ".join(["w"] * words)))
    return Sample(talk.query + " Tell me.", talk.answers, then=(talk.then[0], last))
