"""New samples for the cells at which a model fails: from a report on dev, and from no other."""

import json

import pytest

from workbench.adapters.focus import load_focus
from workbench.cli import app
from workbench.core.car.catalog import Cell
from workbench.core.car.coverage import count_cells, thin_cells
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.focus import CellFailures, Focus, tried_cells


def lights(area, value=1, name="READING_LIGHTS_SWITCH"):
    return ToolCall("setIntProperty", {"propertyName": name, "areaId": area, "value": value})


def test_of_a_wrong_answer_only_the_calls_that_it_lacks_have_failed(catalog):
    gold = Sample("Both reading lights", (lights(1), lights(4)))
    cells = [Cell("READING_LIGHTS_SWITCH", area, "set") for area in (1, 4)]
    tried = tried_cells([(gold, [lights(1)], False), (gold, [lights(4), lights(1)], True)], catalog)
    assert [tried[cell] for cell in cells] == [CellFailures(2, 0), CellFailures(2, 1)]


def test_a_cell_counts_by_how_often_it_failed_and_how_sure_that_is(catalog):
    once, often, never = catalog.spoken_cells[5:8]
    focus = Focus(
        "r", {once: CellFailures(1, 1), often: CellFailures(10, 10), never: CellFailures(9, 0)}
    )
    assert focus.failing == [often, once]
    assert focus.weight(never) == focus.weight(catalog.spoken_cells[0]) == 1
    counts = dict.fromkeys(catalog.spoken_cells, 3)
    assert thin_cells(catalog, counts, 3, focus.weight)[:2] == (often, once)
    # Once it has its share, it is others' turn.
    assert often not in thin_cells(catalog, counts | {often: 100}, 3, focus.weight)


@pytest.fixture
def report(tmp_path):
    """A report on dev: the model fails at rear fog lights, and knows the cabin's."""

    def write(split="dev"):
        def result(name, value, exact):
            gold = lights(0, 1, name)
            given = lights(0, value, name)
            calls = [{"name": c.name, "arguments": c.arguments} for c in (gold, given)]
            return {"query": name, "answers": calls[:1], "given": calls[1:], "exact": exact,
                    "effect": exact}  # fmt: skip

        path = tmp_path / f"{split}.json"
        results = [result("REAR_FOG_LIGHTS_SWITCH", 0, False)] * 3
        results += [result("CABIN_LIGHTS_SWITCH", 1, True)] * 3
        path.write_text(json.dumps({"format": 1, "data": {"split": split}, "results": results}))
        return path

    return write


@pytest.mark.exhaustive
def test_generation_is_steered_there(report, catalog, tmp_path):
    from typer.testing import CliRunner

    from workbench.adapters.dataset import load_dataset

    counts = []
    for more in ([], ["--focus", str(report())]):
        data = tmp_path / f"data{len(more)}.json"
        arguments = ["generate", "--engine", "offline", "--num-samples", "100", "--batch"]
        done = CliRunner().invoke(app, [*arguments, "--output", str(data), *more])
        assert done.exit_code == 0, done.output
        cells = count_cells(load_dataset(data).samples, catalog)
        counts.append(cells[Cell("REAR_FOG_LIGHTS_SWITCH", 0, "set")])
    assert "1 cell where the model fails" in done.stdout
    assert counts[1] >= counts[0] + 2


def share(hits, total):
    return {"hits": hits, "total": total, "value": hits / total, "low": 0, "high": 1}


@pytest.fixture
def driven(tmp_path):
    """A report of conversations that a model drove: it never asks back, and leaves a lamp off."""
    call = lights(0, 1, "REAR_FOG_LIGHTS_SWITCH")
    call = {"name": call.name, "arguments": call.arguments}
    wrong = {"query": "fog", "answers": [call], "given": [{"text": "Done."}], "wanted": "calls",
             "end": "say", "state": False, "facts": True, "right": False}  # fmt: skip
    right = wrong | {"given": [{"calls": [call]}, {"text": "Done."}], "state": True, "right": True}
    never = wrong | {"given": [], "end": "no answer"}
    kinds = {"calls": share(9, 10), "ask": share(0, 10)}
    report = {
        "format": 1,
        "data": {"split": "dev"},
        "metrics": {"free": {"groups": {"sample": kinds}}},
        "results": [{"record": 1, "turns": [wrong, right]}, {"record": 2, "turns": [never]}],
    }
    path = tmp_path / "free.json"
    path.write_text(json.dumps(report))
    return path


def test_a_report_of_driving_steers_cells_and_kinds(driven, catalog):
    focus = load_focus(driven, catalog)
    fog = Cell("REAR_FOG_LIGHTS_SWITCH", 0, "set")
    assert focus.cells[fog] == CellFailures(2, 1), "what wasn't answered says nothing"
    assert focus.kinds == {"calls": CellFailures(10, 1), "ask": CellFailures(10, 10)}
    shares = dict(focus.steered((("calls", 80), ("ask", 10), ("no-call", 10))))
    assert sum(shares.values()) == pytest.approx(100, abs=0.2)
    assert shares["ask"] > 3 * shares["no-call"], "a kind that wasn't asked has its share"
    assert shares["calls"] / shares["no-call"] * 0.5 < 80 / 10
    plain = Focus("r", {})
    assert plain.steered((("calls", 3), ("ask", 1))) == (("calls", 3), ("ask", 1))
    assert focus.steered(()) == ()


def test_generate_says_how_kinds_are_steered_and_what_is_missing(driven, tmp_path):
    from typer.testing import CliRunner

    def told(*more):
        arguments = ["generate", "--engine", "offline", "--num-samples", "20", "--dry-run"]
        output = ["--output", str(tmp_path / "new.json"), "--focus", str(driven)]
        done = CliRunner().invoke(app, [*arguments, *output, *more])
        assert done.exit_code == 0, done.output
        return " ".join(done.stdout.split())

    assert "It also fails at 10 of 10 ask; add --kinds" in told()
    assert "Kinds by what it fails at: calls=" in told("--kinds", "calls=90,ask=10")


def test_a_report_on_eval_is_refused(report, catalog, tmp_path):
    for split in ("eval", "train"):
        with pytest.raises(InputError, match="only dev may steer"):
            load_focus(report(split), catalog)
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(InputError, match="not an evaluation report"):
        load_focus(tmp_path / "x.json", catalog)
