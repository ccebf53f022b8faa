"""Journals of labels damaged in every way: one sentence each, and what can be read holds."""

import json
import random
from contextlib import suppress

import pytest
from label_samples import sample

from workbench.adapters.labels import journal_path, open_labels
from workbench.core.errors import InputError
from workbench.core.review.choices import Choice
from workbench.core.review.labels import read_event
from workbench.core.samples import Sample

ODD = (
    None, True, -1, 0, 1.5, 10**6, 2**63, 2**64 - 1, 10**30, -(10**30), 1e308, "", "x", "decide",
    "9999-99-99T99:99:99Z", "x" * 10_000, [], [1], {}, {"id": "1:0"}, "\x00\u202e",
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data.labels.json"


def journal_of(path):
    """Make labels by every kind of action; gives the journal's lines."""
    with open_labels(path, "ann") as store:
        store.decide(sample(1), "accepted", note="warm")
        store.decide(sample(2), "rejected", reason="odd")
        store.bulk([Choice(sample(n), "skipped") for n in range(3, 7)])
        store.undo()
        store.redo()
        store.decide(sample(1), "accepted", edited=sample(9), accept=[sample(8).answers])
        store.annotate(sample(2), tags=("a", "b"))
        store.undo()
    return journal_path(path).read_bytes().splitlines(keepends=True)


def broken(lines, rng):
    """Give journals, each with one damaged line."""
    for number in range(len(lines)):
        event = json.loads(lines[number])
        for key in event:
            without = {name: value for name, value in event.items() if name != key}
            yield number, json.dumps(without).encode()
            for value in ODD:
                yield number, json.dumps({**event, key: value}).encode()
        for key in ("span", "left", "text", "more"):
            yield from ((number, json.dumps({**event, key: value}).encode()) for value in ODD)
        for label in (event.get("before"), event.get("after")):
            for key in label or ():
                kept = label[key]
                for value in ODD:
                    label[key] = value
                    yield number, json.dumps(event).encode()
                label[key] = kept
        for _ in range(40):
            line = bytearray(lines[number][:-1])
            line[rng.randrange(len(line))] = rng.randrange(256)
            yield number, bytes(line)
        yield number, b"[" * 100_000
        yield number, lines[number][:-1] * 2
        yield number, b""


def use(path):
    """Open labels and do what a reviewer does; only sentences may come of it."""
    with suppress(InputError), open_labels(path, "bob") as store:
        for act in (
            lambda: store.can_undo and store.undo(),
            lambda: store.can_undo and store.undo(),
            lambda: store.decide(sample(20), "accepted"),
            lambda: store.decide(sample(1), "rejected", reason="no"),
            lambda: store.can_undo and store.undo(),
            lambda: store.can_redo and store.redo(),
            lambda: store.annotate(sample(2), note="hm"),
        ):
            with suppress(InputError):
                act()
        assert store.get(sample(20).id).decision == "accepted"
        assert list(store.items())
        return True
    return False


def try_all(path, cases, lines, saved):
    """Use each damaged journal; gives how many could be opened."""
    opened = 0
    for number, line in cases:
        damaged = b"".join([*lines[:number], line, b"\n", *lines[number + 1 :]])
        journal_path(path).write_bytes(damaged)
        path.unlink(missing_ok=True)
        if saved is not None:
            path.write_bytes(saved)
        opened += use(path)
        # Nothing is ever cut off but an action that was broken off at the end.
        assert journal_path(path).read_bytes().startswith(damaged[: damaged.rfind(b"\n", 0, -1)])
    return opened


def test_a_damaged_journal_never_ends_in_anything_but_a_sentence(path):
    lines = journal_of(path)
    saved = path.read_bytes()
    cases = list(broken(lines, random.Random(5)))
    some = random.Random(6).sample(cases, 80)
    assert try_all(path, some, lines, saved) > 10


@pytest.mark.exhaustive
@pytest.mark.parametrize("with_file", [True, False])
def test_every_damage_to_a_journal(path, with_file):
    lines = journal_of(path)
    saved = path.read_bytes() if with_file else None
    cases = list(broken(lines, random.Random(7)))
    assert try_all(path, random.Random(8).sample(cases, 1000), lines, saved) > 100


def test_the_damaged_line_is_named_and_decisions_go_on(path):
    lines = journal_of(path)
    event = json.loads(lines[-1])
    lines[-1] = json.dumps({**event, "kind": "decode"}).encode() + b"\n"
    damaged = b"".join(lines)
    journal_path(path).write_bytes(damaged)
    saved = json.loads(path.read_bytes())
    saved["about"]["1"]["tail"] = ""
    with pytest.raises(InputError, match=rf"line {len(lines)} is not a label event"):
        open_labels(path)
    assert journal_path(path).read_bytes() == damaged


def undo_all(store):
    undone = 0
    while store.can_undo:
        store.undo()
        undone += 1
    return undone


def huge_span(path):
    """Damage a line in the middle that the labels file has taken in: its span is absurd."""
    lines = journal_of(path)
    number = next(n for n, line in enumerate(lines) if b'"span"' in line)
    event = json.loads(lines[number])
    lines[number] = json.dumps({**event, "span": 10**12}).encode() + b"\n"
    return lines


def test_an_absurd_span_is_not_believed(path):
    lines = huge_span(path)
    path.unlink()
    journal_path(path).write_bytes(b"".join(lines))
    with open_labels(path) as store:
        assert undo_all(store) == 4


def test_a_line_damaged_before_what_the_labels_file_has_ends_undo_there_and_no_more(path):
    lines = journal_of(path)
    with open_labels(path) as store:
        for number in range(30, 60):  # so that the file's last kilobyte is past the damage
            store.decide(sample(number), "accepted")
    lines = journal_path(path).read_bytes().splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"group":', b'"grupo":')
    damaged = b"".join(lines)
    journal_path(path).write_bytes(damaged)
    with open_labels(path) as store:
        assert store.notices == ()
        for _ in range(30):
            assert store.can_undo
            store.undo()
        with pytest.raises(InputError, match="line 4 is not a label event"):
            undo_all(store)
        store.decide(sample(70), "accepted")
        assert "accept of" in store.can_undo
        store.undo()
    kept = journal_path(path).read_bytes()
    assert kept.startswith(damaged)
    groups = [read_event(line).group for line in kept.splitlines()[-2:]]
    assert (
        groups[0]
        == groups[1]
        == 1 + max(read_event(line).group for line in lines[1:] if b"grupo" not in line)
    )


def test_a_line_of_megabytes_is_read_back_in_a_moment(path):
    large = Sample("x" * 5_000_000, sample(1).answers)
    with open_labels(path) as store:
        store.decide(large, "accepted")
        store.decide(large, "rejected")
    with open_labels(path) as store:
        assert store.undo() == [large.id]
        assert store.get(large.id).decision == "accepted"
