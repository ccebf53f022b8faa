"""`workbench labels` from the command line."""

import json
import re
from itertools import pairwise

import pytest
from conversations import EVERY
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import journal_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.review.labels import stale
from workbench.core.samples import Sample, ToolCall

ODD = Sample("[red]x[/red] \x1b[2J", sample(0).answers)
CATALOG = CatalogFiles().digest()


@pytest.fixture
def data(tmp_path):
    """A dataset of six samples, the first one twice."""
    path = tmp_path / "data.json"
    write_dataset(path, map(encode_sample, [*map(sample, (0, 0, 1, 2, 3)), ODD]))
    return path


@pytest.fixture
def labels(data):
    """Labels of it, and one of a sample that it has no longer."""
    path = data.with_name("data.labels.json")
    with open_labels(path, "ann", catalog=CATALOG) as store:
        store.decide(sample(99), "accepted")
        store.decide(sample(2), "rejected", reason="wrong seat")
        store.decide(sample(1), "accepted", "edit", edited=sample(1, 23.0), tags=["seat"])
        store.decide(sample(0), "accepted")
        store.annotate(ODD, note="\x1b[31mhm")
    return path


@pytest.fixture
def bobs(data):
    """Someone else's labels: one agrees, one is new, one conflicts."""
    path = data.with_name("bob.labels.json")
    with open_labels(path, "bob") as store:
        store.decide(sample(0), "accepted")
        store.decide(sample(2), "accepted")
        store.decide(sample(3), "rejected")
    return path


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


def test_list_gives_one_object_a_label_in_the_order_of_the_dataset(cli, data, labels):
    rows = objects(cli("labels", "list", data, "--json").stdout)
    assert [row["id"] for row in rows] == [s.id for s in (*map(sample, (0, 1, 2)), ODD, sample(99))]
    first, edited, rejected, note, gone = rows
    with open_labels(labels, read_only=True) as store:
        time = store.get(sample(0).id).time
    assert first == {
        "id": sample(0).id,
        "query": sample(0).query,
        "answers": [{"name": c.name, "arguments": c.arguments} for c in sample(0).answers],
        "decision": "accepted",
        "edited": False,
        "accept": [],
        "note": "",
        "tags": [],
        "reviewer": "ann",
        "time": time,
    }
    assert edited["answers"][0]["arguments"]["value"] == 23.0
    assert (edited["edited"], edited["tags"]) == (True, ["seat"])
    assert (rejected["decision"], note["decision"], note["note"]) == (
        "rejected",
        None,
        "\x1b[31mhm",
    )
    assert (gone["query"], gone["answers"]) == (sample(99).query, None)


def test_list_tells_of_other_right_answers(cli, data, labels):
    other = ToolCall("getIntProperty", {"propertyName": "HVAC_FAN_SPEED", "areaId": 1})
    with open_labels(labels, "ann") as store:
        store.decide(sample(0), "accepted", accept=[(other,), ()])
    [first, *_] = objects(cli("labels", "list", data, "--json").stdout)
    assert first["accept"] == [[{"name": other.name, "arguments": other.arguments}], []]
    assert "(2 also right)" in cli("labels", "list", data).stdout.splitlines()[0]


def test_list_for_people_steers_no_terminal(cli, data, labels):
    result = cli("labels", "list", data)
    assert "\x1b" not in result.stdout
    assert "(not in the dataset)" in result.stdout
    assert "wrong seat" in result.stdout
    assert len(result.stdout.splitlines()) == 5


def test_stats_count_samples_and_the_labels_of_what_is_gone_apart(cli, data, labels):
    [found] = objects(cli("labels", "stats", data, "--json").stdout)
    assert found == {
        "samples": 5, "reviewed": 3, "accepted": 2, "rejected": 1, "skipped": 0, "left": 2,
        "commented": 1, "dismissed": 0, "edited": 1, "stale": 0, "gone": 1,
        "reviewers": {"ann": 3}, "how": {"read": 2, "edit": 1}, "tags": {"seat": 1},
    }  # fmt: skip
    assert "3 of 5 samples reviewed" in cli("labels", "stats", data).stdout


def test_decisions_by_another_catalogue_are_stale(cli, data, labels, tmp_path):
    overlay = tmp_path / "overlay.toml"
    overlay.write_text("")
    result = cli("labels", "stats", data, "--json", "--overlay", overlay)
    assert objects(result.stdout)[0]["stale"] == 3


def test_an_export_is_sorted_the_same_each_time_and_imports_as_it_was(cli, data, labels, tmp_path):
    printed = cli("labels", "export", data).stdout
    cli("labels", "export", data, "--output", "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == printed
    ids = [row["id"] for row in objects(printed)]
    assert ids == sorted(ids)
    other = tmp_path / "other.labels.json"
    result = cli("labels", "import", data, "out.jsonl", "--labels", other)
    assert (result.returncode, "5 of their labels added" in result.stdout) == (0, True)
    again = cli("labels", "export", data, "--labels", other).stdout
    assert [row | {"how": ""} for row in objects(again)] == [
        row | {"how": ""} for row in objects(printed)
    ]


def test_an_edited_conversation_is_exported_and_imported_whole(cli, tmp_path):
    data = tmp_path / "talk.json"
    write_dataset(data, map(encode_sample, EVERY))
    with open_labels(data.with_name("talk.labels.json"), "ann", catalog=CATALOG) as store:
        for one, edited in pairwise((*EVERY, EVERY[0])):
            store.decide(one, "accepted", "edit", edited=edited)
    cli("labels", "export", data, "--output", "out.jsonl")
    other = tmp_path / "other.labels.json"
    assert cli("labels", "import", data, "out.jsonl", "--labels", other).returncode == 0
    with open_labels(other, read_only=True) as store:
        for one, edited in pairwise((*EVERY, EVERY[0])):
            assert store.get(one.id).edited == edited


@pytest.mark.parametrize("form", ["labels file", "export"])
def test_import_merges_and_lists_the_conflicts(cli, data, labels, bobs, tmp_path, form):
    if form == "export":
        cli("labels", "export", data, "--labels", bobs, "--output", "bob.jsonl")
        bobs = tmp_path / "bob.jsonl"
    result = cli("labels", "import", data, bobs)
    assert result.returncode == 1
    assert "1 of their labels added, 0 of yours filled in, 1 agreed" in result.stdout
    assert "conflict (decision)" in result.stdout
    assert "rejected by ann, accepted by bob" in result.stdout
    with open_labels(labels) as store:
        assert store.get(sample(2).id).reviewer == "ann"
        assert store.get(sample(3).id).reviewer == "bob"
        assert store.get(sample(3).id).how == "imported"
        assert store.undo() == [sample(3).id]


def test_theirs_settles_conflicts_for_them(cli, data, labels, bobs):
    result = cli("labels", "import", data, bobs, "--theirs", "--json")
    assert result.returncode == 0
    [found] = objects(result.stdout)
    assert found == {"added": 1, "filled": 0, "agreed": 1, "overwritten": 1, "conflicts": []}
    rows = objects(cli("labels", "list", data, "--json").stdout)
    assert [row["reviewer"] for row in rows if row["id"] == sample(2).id] == ["bob"]


def test_import_reads_a_labels_file_that_is_open_and_not_yet_saved(cli, data, labels, bobs):
    with open_labels(bobs, "bob") as store:
        store.decide(ODD, "rejected")
        result = cli("labels", "import", data, bobs, "--json")
    [found] = objects(result.stdout)
    assert found["added"] == 2
    assert [c["about"] for c in found["conflicts"]] == ["decision"]


def test_labels_that_are_open_elsewhere_take_no_import(cli, data, labels, bobs):
    with open_labels(labels) as store:
        result = cli("labels", "import", data, bobs)
        assert result.returncode == 2
        assert "being written by process" in result.stderr
        assert store.counts().total == 5
    assert cli("labels", "list", data).returncode == 0


def test_a_dataset_without_labels_has_none_and_a_wrong_path_is_said(cli, data):
    for command in ("list", "export"):
        result = cli("labels", command, data)
        assert (result.returncode, result.stdout) == (0, "")
        assert "nothing has been decided yet" in result.stderr
    result = cli("labels", "stats", data, "--labels", "gone.json")
    assert result.returncode == 2
    assert "no such file" in result.stderr


@pytest.mark.parametrize("text", ["hello", '{"id":1}', "[]", '{"a":' * 5000])
def test_what_is_no_labels_cannot_be_imported(cli, data, tmp_path, text):
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    result = cli("labels", "import", data, path)
    assert result.returncode == 2
    assert "line 1 is not a label" in result.stderr
    assert "Traceback" not in result.stderr
    assert not data.with_name("data.labels.json").exists()


def test_an_export_never_overwrites_labels_or_data(cli, data, labels):
    for path in (data, labels, journal_path(labels)):
        before = path.read_bytes()
        result = cli("labels", "export", data, "--output", path)
        assert result.returncode == 2
        assert path.read_bytes() == before


def test_a_damaged_labels_file_is_one_sentence_and_status_2(cli, data, labels):
    labels.write_text("{")
    for command in ("list", "stats", "export"):
        result = cli("labels", command, data)
        assert result.returncode == 2
        assert result.stderr.startswith(f"Error: {labels}: this labels file can't be used")
        assert "Traceback" not in result.stderr
    assert labels.read_text() == "{"


def test_decisions_are_carried_over_to_answers_made_anew_and_are_stale(cli, data, labels):
    anew = [Sample(sample(n).query, sample(n, 25.5).answers) for n in (0, 2)]
    write_dataset(data, map(encode_sample, anew))
    result = cli("labels", "carry", data, "--json")
    assert objects(result.stdout) == [{"carried": 2}]
    with open_labels(labels, catalog=CATALOG) as store:
        found = [store.get(s.id) for s in anew]
        assert [label.decision for label in found] == ["accepted", "rejected"]
        assert all(stale(label, s.id, CATALOG) for label, s in zip(found, anew, strict=True))
        store.undo()
        assert [store.get(s.id) for s in anew] == [None, None]


def test_imported_times_are_utc_for_searches_and_plots(cli, data, tmp_path):
    document = {"id": sample(0).id, "query": sample(0).query, "decision": "accepted"}
    path = tmp_path / "theirs.jsonl"
    path.write_text(json.dumps(document | {"time": "2026-11-06T04:03:00+14:00"}), encoding="utf-8")
    assert cli("labels", "import", data, path).returncode == 0
    [row] = objects(cli("labels", "list", data, "--json").stdout)
    assert row["time"] == "2026-11-05T14:03:00+00:00"


@pytest.mark.parametrize("time", ["yesterday", "2026-11-05T23:59:60Z"])
def test_an_import_with_what_is_no_time_is_refused_as_a_whole(cli, data, labels, tmp_path, time):
    whole = {"id": sample(3).id, "query": sample(3).query, "decision": "accepted", "time": ""}
    path = tmp_path / "theirs.jsonl"
    path.write_text(f"{json.dumps(whole)}\n{json.dumps(whole | {'time': time})}\n", "utf-8")
    before = labels.read_bytes()
    result = cli("labels", "import", data, path)
    assert result.returncode == 2
    assert f"theirs.jsonl: line 2 is not a label: {time!r} is not a time" in result.stderr
    assert labels.read_bytes() == before


def test_a_labels_file_of_an_older_version_opens_whatever_its_times_say(cli, data, bobs, tmp_path):
    old = tmp_path / "old.labels.json"
    old.write_text(
        re.sub(r'"time":"[^"]+"', '"time":"yesterday"', bobs.read_text("utf-8")), "utf-8"
    )
    result = cli("labels", "list", data, "--labels", old, "--json")
    assert [row["time"] for row in objects(result.stdout)] == ["", "", ""]
    result = cli("labels", "import", data, old)
    assert result.returncode == 2
    assert "'yesterday' is not a time" in result.stderr


def test_labels_of_another_dataset_are_not_imported_unless_asked_for(cli, data, bobs):
    other = data.with_name("other.json")
    write_dataset(other, map(encode_sample, map(sample, (50, 51))))
    result = cli("labels", "import", other, bobs)
    assert result.returncode == 2
    assert "none of its 3 labels is for a sample in" in result.stderr
    assert not other.with_name("other.labels.json").exists()
    result = cli("labels", "import", other, bobs, "--missing")
    assert (result.returncode, "3 of their labels added" in result.stdout) == (0, True)


def test_an_import_says_how_many_labels_are_of_no_sample_here(cli, data, labels):
    other = data.with_name("other.json")
    write_dataset(other, map(encode_sample, map(sample, (1, 2, 70))))
    result = cli("labels", "import", other, labels)
    assert result.returncode == 0
    assert "3 of its 5 labels are for samples not in" in result.stderr


def test_a_damaged_labels_file_without_a_journal_is_to_be_restored_from_a_copy(cli, data, labels):
    labels.write_text('{"_default": {"1": ')
    assert "move it away" in cli("labels", "stats", data).stderr
    journal_path(labels).unlink()
    result = cli("labels", "stats", data)
    assert result.returncode == 2
    assert "Restore it from a copy" in result.stderr
    assert "move it away" not in result.stderr
