"""The doctor as a screen: checks as they end, remedies, and the way back."""

import pytest
from background import app_on, shown, until

from workbench.app.doctor.screen import DoctorScreen
from workbench.jobs.doctor import Check

NASTY = "no [red]markup[/red] [/] \x1b[2J\x9b \u202e"
CHECKS = [
    Check("python", "ok", "3.14.0"),
    Check("packages", "ok", "workbench 0.1.0 and the packages it needs"),
    Check("settings", "ok", "none, so all is by default"),
    Check(
        "editor",
        "warning",
        "no editor is set, so none can be opened",
        "set the environment variable EDITOR, for example export EDITOR=nano",
    ),
    Check("terminal", "ok", "xterm-256color, 120 by 40, 16 million colours"),
    Check("catalogue", "ok", "70 properties, 4 functions"),
    Check(
        "versions",
        "warning",
        "build/dataset.labels.json: not under version control (git ignores them), so one slip "
        "loses them",
        "git add -f build/dataset.labels.json build/dataset.labels.journal.jsonl, or workbench "
        "labels export build/dataset.json --output FILE writes them for git",
    ),
    Check(
        "service",
        "problem",
        "the service does not accept the key (400 INVALID_ARGUMENT: API key not valid)",
        "put a valid one into secrets/access_token.toml or GEMINI_API_KEY",
    ),
]


async def told(checks=CHECKS):
    for check in checks:
        yield check


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return app_on(tmp_path / "build" / "dataset.json")


async def test_the_key_examines_what_is_open_and_escape_goes_back(app):
    """On the welcome, where something is most often amiss: there is no dataset yet, and no key."""
    async with app.run_test(size=(100, 40)) as pilot:
        await pilot.press("D")
        await until(lambda: "looking on" not in shown(app) and "problem" in shown(app))
        text = " ".join(app.screen.query_one("#checks").render().plain.split())
        assert "dataset.json" in text.replace(" ", "")  # a long path is broken anywhere
        assert "GEMINI_API_KEY" in text
        await pilot.press("escape")
        await until(lambda: not isinstance(app.screen, DoctorScreen))


async def test_what_a_check_says_is_plain_text_and_a_break_is_told(app):
    async def broken():
        yield Check("editor", "warning", NASTY, NASTY)
        raise RuntimeError("out of [b]luck")

    async with app.run_test(size=(100, 30)) as pilot:
        app.push_screen(DoctorScreen(broken))
        await until(lambda: "checks failed: out of [b]luck" in shown(app))
        assert "fix: no [red]markup[/red]" in shown(app)
        assert not set("\x1b\x9b\u202e") & set(shown(app))
        await pilot.press("r")
        await until(lambda: "looking on" not in shown(app))
        assert shown(app).count(" fix: ") == 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(snap_compare, app, size):
    async def show(pilot):
        app.push_screen(DoctorScreen(told))
        await until(lambda: "1 problem, 2 warnings" in shown(app))
        await until(lambda: "looking on" not in shown(app))

    assert snap_compare(app, run_before=show, terminal_size=size)
