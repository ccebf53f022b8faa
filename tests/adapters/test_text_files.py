"""Every file that people give is read alike: encodings, damage, and what it is instead."""

import gzip
import json
import os
import threading
from pathlib import Path

import pytest

from workbench.adapters.answers import read_answers
from workbench.adapters.config.prices import load_prices
from workbench.adapters.config.secrets import find_gemini_key
from workbench.adapters.config.settings import load_settings
from workbench.adapters.dataset import load_dataset
from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.resources import resource
from workbench.adapters.files.text import read_text
from workbench.adapters.templates.chat import load_chat_template
from workbench.adapters.templates.rendering import Templates
from workbench.adapters.vehicle.catalogs import (
    CatalogFiles,
    load_catalog,
    load_policy,
    read_entries,
)
from workbench.adapters.vehicle.wordlists import load_lexicon
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.reading.lexicon import NEEDED
from workbench.core.review.labels import Label, to_document
from workbench.core.training.provenance import Provenance
from workbench.jobs.evaluate.golds import load_accept, load_golds
from workbench.jobs.labels import read_labels
from workbench.jobs.records.manifest import read_pinned

DATA = resource("data")
ITEM = {"query": "warmer", "answers": [{"name": "f", "arguments": {"value": 1}}]}
CALL = {"type": "function", "function": {"name": "f", "arguments": {"value": 1}}}
RECORD = {
    "metadata": "train",
    "tools": [{"function": {"name": "f"}}],
    "messages": [
        {"role": "developer", "content": "d"},
        {"role": "user", "content": "q"},
        {"role": "assistant", "tool_calls": [CALL]},
    ],
}


def _prepared(name: str, text: str, load, place: str = "") -> pytest.param:
    return pytest.param(text, load, place or "file.txt", id=name)


NOTHING = dict.fromkeys(Provenance.__struct_fields__)
TOLD = {"sha256": "0", "split": "train", "id": "1:0", "content": "1:0", "verdict": "pass"}
LISTS: dict[str, list[str]] = {
    name: [] for name in ("findings", "stale", "accept", "accept_at", "dismissed")
}
PROVENANCE = dumps(NOTHING | TOLD | LISTS).decode() + "\n"
FILES = [
    _prepared("dataset", json.dumps([ITEM]), lambda p: load_dataset(p).samples),
    _prepared(
        "catalogue",
        (DATA / "vehicle_properties.json").read_text(),
        lambda p: load_catalog(CatalogFiles(properties=p)).properties,
    ),
    _prepared(
        "functions",
        (DATA / "car_property_functions.json").read_text(),
        lambda p: read_entries(p, "functions file", "name"),
    ),
    _prepared(
        "overlay",
        (DATA / "overlay.toml").read_text(),
        lambda p: load_catalog(CatalogFiles(overlay=p)).properties,
    ),
    _prepared(
        "policy", (DATA / "policy.toml").read_text(), lambda p: load_policy(CatalogFiles(policy=p))
    ),
    _prepared("prices", (DATA / "prices.toml").read_text(), load_prices),
    _prepared("settings", 'theme = "é"\n', load_settings),
    _prepared(
        "secrets",
        '[ai_services.gemini]\napi_key = "abcdefgh"\n',
        lambda p: find_gemini_key({}, (p.parent.parent,))[0],
        "secrets/access_token.toml",
    ),
    _prepared(
        "lexicon",
        "".join(f'classes.{name} = ["é"]\n' for name in NEEDED),
        lambda p: load_lexicon(p.parent),
        "lexicon/words.toml",
    ),
    _prepared("records", json.dumps(RECORD) + "\n", lambda p: load_golds(p, "train")[0]),
    _prepared(
        "labels",
        dumps(to_document(Label(id="1:0", query="é", decision="accepted"))).decode() + "\n",
        read_labels,
    ),
    _prepared(
        "answers",
        dumps({"kind": "answers", "schema": 1, "model": "m", "source": "s"}).decode()
        + '\n{"query":"é","gold":"1:0"}\n',
        read_answers,
    ),
    _prepared(
        "provenance",
        PROVENANCE,
        lambda p: load_accept(p.with_name("x.jsonl"), load_catalog(CatalogFiles())),
        "x.provenance.jsonl",
    ),
    _prepared("manifest", '{"eval_ids": ["1:é"]}', read_pinned),
    _prepared(
        "chat template",
        "{{ 'é' }}\n",
        lambda p: load_chat_template(p.parent, p).source,
        "m/t.jinja",
    ),
    _prepared("prompt", "é\n", lambda p: Templates(p.parent).render(p.name, {})),
]
IN_PIECES = {"dataset", "records", "labels", "answers", "provenance"}
"""Read as bytes, for they are large: UTF-16 is named, not read."""


@pytest.fixture
def place(tmp_path):
    def at(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        (path.parent / "tokenizer_config.json").write_text("{}")
        return path

    return at


@pytest.mark.parametrize(("text", "load", "name"), FILES)
def test_byte_order_marks_and_windows_line_ends_change_nothing(place, text, load, name):
    plain = load(place(name, text.encode()))
    assert load(place(name, b"\xef\xbb\xbf" + text.encode())) == plain
    assert load(place(name, text.replace("\n", "\r\n").encode())) == plain


@pytest.mark.parametrize(("text", "load", "name"), FILES)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_with_a_mark_are_read_or_named(place, text, load, name, encoding, request):
    kind = request.node.callspec.id.removeprefix(f"{encoding}-")
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    data = mark + text.encode(encoding)
    if kind in IN_PIECES:
        with pytest.raises(InputError, match=r"UTF-16 or UTF-32; save it as UTF-8"):
            load(place(name, data))
    else:
        assert load(place(name, data)) == load(place(name, text.encode()))


@pytest.mark.parametrize(("text", "load", "name"), FILES)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda data: b"\n\n\xe9" + data,
            r"UTF-8|not a training record|is not a label|not a label event",
        ),
        (lambda data: data[:3] + b"\x00" + data[3:], r"NUL|UTF-16|UTF-8|is no|breaks off|not JSON"),
        (gzip.compress, "a gzip file.*unpack it"),
        (lambda data: b"PAR1" + data, "a Parquet table"),
        (lambda data: b"\x89PNG\r\n" + data, "a PNG picture"),
        (lambda data: b"\x28\xb5\x2f\xfd" + data, "a zstd file"),
    ],
    ids=["Latin-1", "NUL", "gzip", "Parquet", "PNG", "zstd"],
)
def test_what_is_no_text_is_named_in_a_sentence(place, text, load, name, damage, said):
    path = place(name, damage(text.encode()))
    with pytest.raises(InputError, match=said) as caught:
        load(path)
    assert str(path.name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (dumps(ITEM) + b"\n" + dumps(ITEM) + b"\n", "JSON Lines.*`jq -s"),
        (dumps(RECORD) + b"\n", "training records; name the dataset"),
        (b'{"id":"1:0","query":"q","decision":null}\n', "exported labels; `workbench labels"),
        (dumps(ITEM), "an object, not a list"),
    ],
)
def test_files_taken_for_a_dataset_are_named_for_what_they_are(place, data, said):
    with pytest.raises(InputError, match=said):
        load_dataset(place("d.json", data))


@pytest.mark.parametrize(
    ("name", "text", "load"),
    [
        ("catalogue", '[{"propertyName": "A",\n "propertyName": "B"}]', FILES[1].values[1]),
        ("functions", '[{"name": "f",\n "name": "g"}]', FILES[2].values[1]),
        ("manifest", '{"eval_ids": [],\n "eval_ids": ["x"]}', read_pinned),
        ("labels", '\n{"id":"1:0","query":"q","query":"p","decision":null}', read_labels),
        (
            "records",
            "\n" + json.dumps(RECORD).replace('"value": 1', '"value": 1, "value": 2'),
            lambda p: load_golds(p, "train"),
        ),
        (
            "answers",
            '{"kind":"answers","schema":1,"model":"m","source":"s"}\n{"query":"q","gold":"1","gold":"2"}\n',
            read_answers,
        ),
    ],
)
def test_keys_that_stand_twice_are_refused_with_the_line(place, name, text, load):
    with pytest.raises(InputError, match=r"(?s)line 2.*appears twice|line 1.*not a training"):
        load(place("file.txt", text.encode()))


def test_no_file_is_read_without_end(place, tmp_path):
    path = place("large.toml", b"#" * 100)
    with pytest.raises(InputError, match="too many for the notes"):
        read_text(path, "notes", most=99)
    with pytest.raises(InputError, match="this is a device"):
        read_bytes(Path("/dev/zero"), "notes")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"#" * 100))
    writer.start()
    assert read_text(pipe, "notes") == "#" * 100
    writer.join()
