"""`workbench drive` and `workbench schema`."""

import json

import pytest


@pytest.fixture
def drive(cli, tmp_path):
    """Run `workbench drive` with lines to read."""

    def run(lines, *arguments):
        path = tmp_path / "lines.txt"
        path.write_text(lines, encoding="utf-8")
        return cli("drive", *arguments, streams={0: str(path)})

    return run


def test_the_car_answers_line_by_line(drive):
    lines = ["get HVAC_FAN_SPEED 1", "set HVAC_POWER_ON 1 on", "get HVAC_FAN_SPEED 1", "state"]
    lines += ["reset", "state", "quit", "foo"]
    done = drive("\n".join(lines), "--state", '[["HVAC_POWER_ON", 1, false]]')
    assert done.returncode == 0
    first, second, third, none, state = done.stdout.splitlines()
    assert "not available" in json.loads(first)["error"]
    assert json.loads(second)["result"] == "success"
    assert json.loads(third)["value"] == 3
    assert none == "nothing differs from the first state"
    assert json.loads(state) == ["HVAC_POWER_ON", 1, False]


def test_a_line_that_cannot_be_read_names_itself(drive):
    done = drive("state\nfly away\n")
    assert done.returncode == 2
    assert "line 2 of the input: not a call" in done.stderr


def test_a_state_that_is_none_is_explained(drive):
    for state in ("{", "5", '[["A", 1]]', "[" * 5000):
        done = drive("", "--state", state)
        assert done.returncode == 2
        assert "--state: " in done.stderr
        assert "Traceback" not in done.stderr


def test_the_schema_is_printed(cli):
    schema = json.loads(cli("schema").stdout)
    assert schema["required"] == ["query", "answers"]


def test_the_car_lists_its_properties(drive):
    done = drive("list CHASSIS_AND_DYNAMICS\ngetPropertyList(category='X')\n")
    listed, error = map(json.loads, done.stdout.splitlines())
    assert len(listed) == 3
    assert "no category" in error["error"]
