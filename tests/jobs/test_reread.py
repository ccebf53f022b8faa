"""Reread: what an older reader could not read comes in, once, and nothing else comes back."""

import asyncio
import json
from hashlib import sha256

import pytest
from batch_runs import CATALOG, SmallRequests, fresh, item
from crashes import run_on_disk
from gemini_server import KEY
from pydantic import SecretStr
from small_car import POLICY
from typer.testing import CliRunner
from verifying import verifier_of

from workbench.adapters.dataset import load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.cli import app
from workbench.core.errors import InputError
from workbench.core.samples import from_item
from workbench.core.spending.ledger import STATES
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.reread import RereadOptions, reread

VERIFIER = verifier_of(CATALOG)
ODD = str([item(1), item(2)])
"""A whole reply in single quotes, which an older version kept nothing of."""
MIXED = json.dumps([item(3), item(4) | {"answers": json.dumps(item(4)["answers"])}])
CUT = json.dumps([item(5), item(6)])[:-30]


def line(state, reason, text, request):
    return {
        **{"state": state, "reason": reason, "item": text},
        **{"engine": "gemini", "model": "m", "run": 1, "request": request},
    }


def written(path, lines):
    path.write_text(
        "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in lines), encoding="utf-8"
    )


@pytest.fixture
def dataset(tmp_path):
    """A dataset as an older version left it: what it couldn't read is in quarantine."""
    path = tmp_path / "data.json"
    kept = [item(n) | {"meta": {"engine": "gemini", "model": "m", "run": 1, "request": r}}
            for n, r in ((3, 1), (5, 2))]  # fmt: skip
    path.write_text(json.dumps(kept), encoding="utf-8")
    files = DatasetFiles(path)
    aside = [
        line("unparsable", "no list of samples in the reply", ODD, 0),
        line("invalid", "answers: expected a list, got a string", json.loads(MIXED)[1], 1),
        line("unparsable", "cut off: it ends in the middle", CUT.split("}]}, ")[1], 2),
    ]
    aside[1]["item"] = json.dumps(aside[1]["item"])
    written(files.quarantine, aside)
    reply = {"kind": "reply", "run": 1, "engine": "gemini", "model": "m", "asked": 2}
    ledger = {"received": 5, "kept": 2, "invalid": 1, "unparsable": 2, "replies": 3}
    fold = {
        **{"kind": "fold", "ledger": ledger, "samples": 2},
        "digest": sha256(path.read_bytes()).hexdigest(),
        "quarantine": files.quarantine.stat().st_size,
    }
    replies = [reply | {"request": n, "reply": text} for n, text in enumerate((ODD, MIXED, CUT))]
    written(files.journal, [{"kind": "run", "run": 1, "engine": "gemini"}, *replies, fold])
    return path


def again(dataset, **options):
    return reread(RereadOptions(dataset=dataset, **options), VERIFIER)


def queries(dataset):
    return [sample.query for sample in load_dataset(dataset).samples]


def files_in(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith(".lock")}


def test_what_can_be_read_now_is_appended_with_where_it_comes_from(dataset):
    before = load_dataset(dataset).raw
    result = again(dataset)
    assert (result.gained, result.runs[1].unreadable, result.samples) == (3, 1, 5)
    after = load_dataset(dataset)
    assert after.raw[:2] == before
    assert queries(dataset)[2:] == [item(n)["query"] for n in (1, 2, 4)]
    assert after.samples[2].meta == {"engine": "gemini", "model": "m", "run": 1, "request": 0}
    assert list(result.reasons) == ["cut off: it ends in the middle"]


def test_the_quarantine_keeps_what_stays_unreadable_and_the_ledger_adds_up(dataset):
    again(dataset)
    files = DatasetFiles(dataset)
    [left] = files.quarantine.read_text().splitlines()
    assert json.loads(left)["request"] == 2
    fold = json.loads(files.journal.read_text().splitlines()[-1])
    states = {name: fold["ledger"][name] for name in ("kept", "invalid", "unparsable")}
    assert states == {"kept": 5, "invalid": 0, "unparsable": 1}
    assert fold["ledger"]["received"] == 6
    assert fold["quarantine"] == files.quarantine.stat().st_size


def test_a_second_time_gains_nothing_and_writes_nothing(dataset):
    again(dataset)
    before = files_in(dataset.parent)
    assert again(dataset).gained == 0
    assert files_in(dataset.parent) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(dataset):
    before = files_in(dataset.parent)
    assert again(dataset, dry_run=True).gained == 3
    assert files_in(dataset.parent) == before
    assert again(dataset).gained == 3


def test_what_people_removed_does_not_come_back(dataset):
    """Neither what was read at once, nor what was gained by reading again."""
    kept = json.loads(dataset.read_bytes())
    dataset.write_text(json.dumps(kept[1:]))
    again(dataset)
    assert item(3)["query"] not in queries(dataset)
    items = json.loads(dataset.read_bytes())
    dataset.write_text(json.dumps([one for one in items if one["query"] != item(1)["query"]]))
    assert again(dataset).gained == 0
    assert item(1)["query"] not in queries(dataset)


def test_what_was_decided_on_or_dropped_does_not_come_back(dataset):
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(from_item(item(1)), "rejected")
    dropped = from_item(item(2))
    written(DatasetFiles(dataset).duplicates, [{"id": dropped.id, "query": dropped.query}])
    journal = DatasetFiles(dataset).journal
    lines = journal.read_text().splitlines()
    size = DatasetFiles(dataset).duplicates.stat().st_size
    lines[-1] = json.dumps(json.loads(lines[-1]) | {"duplicates": size})
    journal.write_text("\n".join(lines) + "\n")
    result = again(dataset)
    assert (result.gained, result.runs[1].known) == (1, 2)
    assert queries(dataset)[2:] == [item(4)["query"]]


def test_a_near_duplicate_is_dropped_as_in_a_generation(dataset):
    twin = item(3)["query"] + " please"
    aside = json.loads(DatasetFiles(dataset).quarantine.read_text().splitlines()[0])
    text = str([item(1) | {"query": twin}, item(2)])
    content = DatasetFiles(dataset).journal.read_text().replace(json.dumps(ODD), json.dumps(text))
    DatasetFiles(dataset).journal.write_text(content)
    written(DatasetFiles(dataset).quarantine, [aside | {"item": text}])
    result = again(dataset)
    assert (result.runs[1].gained, result.runs[1].duplicate) == (1, 1)
    [drop] = DatasetFiles(dataset).duplicates.read_text().splitlines()
    assert json.loads(drop)["query"] == twin


def test_passing_only_sets_the_failing_ones_aside(dataset):
    result = again(dataset, passing_only=True)
    assert (result.gained, result.runs[1].failing) == (0, 3)
    states = [
        json.loads(x)["state"] for x in DatasetFiles(dataset).quarantine.read_text().splitlines()
    ]
    assert sorted(states) == ["failing", "failing", "failing", "unparsable"]


def test_a_kill_at_any_write_is_made_good_by_the_next_run(dataset):
    folder, start = dataset.parent, files_in(dataset.parent)
    disk = run_on_disk(folder, start, lambda: again(dataset))
    end = queries(dataset)
    for state in disk.killed:
        run_on_disk(folder, state, lambda: again(dataset))
        assert sorted(queries(dataset)) == sorted(end)
        assert len(DatasetFiles(dataset).quarantine.read_text().splitlines()) == 1


def test_generate_goes_on_after_it_as_if_it_had_been_so(dataset, gemini_server):
    again(dataset)
    fresh(gemini_server)
    numbers = iter(range(100, 200))
    gemini_server.answer = lambda _: gemini_server.samples([item(next(numbers)) for _ in range(3)])

    async def go():
        engine = SmallRequests(
            GeminiModel(SecretStr(KEY), base_url=gemini_server.url), CATALOG, POLICY
        )
        options = GenerateOptions(dataset, 8, workers=1)
        events = [event async for event in generate(options, engine, VERIFIER)]
        await engine.close()
        return events

    events = asyncio.run(go())
    assert not events[0].changed
    assert len(queries(dataset)) == 8
    ledger = events[-1].standing.ledger
    assert ledger.received == sum(getattr(ledger, state) for state in STATES)


def test_a_body_of_which_nothing_was_made_is_read(dataset, gemini_server):
    journal = DatasetFiles(dataset).journal
    body = gemini_server.text(json.dumps([item(9)])).body.decode()
    arrived = {
        **{"kind": "arrived", "run": 1, "request": 7, "engine": "gemini", "model": "m"},
        **{"asked": 1, "body": body},
    }
    failure = {"kind": "failure", "run": 1, "request": 7, "error": "unreadable"}
    content = journal.read_text().splitlines()
    written(journal, [*map(json.loads, content[:-1]), arrived, failure, json.loads(content[-1])])
    assert again(dataset).gained == 4
    assert item(9)["query"] in queries(dataset)
    assert again(dataset).gained == 0


def test_without_a_journal_it_says_so(dataset):
    DatasetFiles(dataset).journal.unlink()
    with pytest.raises(InputError, match="no journal beside the dataset"):
        again(dataset)


def test_the_command_tells_what_each_run_has_gained(dataset):
    shown = CliRunner().invoke(app, ["reread", str(dataset), "--dry-run"])
    assert shown.exit_code == 0, shown.output
    assert "Run 1: 3 samples gained, 1 item still unreadable" in shown.output
    assert "cut off: it ends in the middle" in shown.output
    assert "5 samples, 3 would be gained; nothing was written" in shown.output
    assert "3 gained" in CliRunner().invoke(app, ["reread", str(dataset)]).output
