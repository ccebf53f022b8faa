"""How the generate screen looks while it runs, when it is done, and when it failed."""

import pytest
from background import app_on, until
from test_generate_screen import gemini, path  # noqa: F401 - fixtures

from workbench.app.generate.running import Running
from workbench.app.generate.screen import GenerateScreen
from workbench.app.generate.standing import RunStanding
from workbench.core.spending.ledger import Ledger
from workbench.jobs.generating.events import Finished, RequestFailed, Resumed, Standing

MORE = pytest.mark.exhaustive  # cases much like the others

pytestmark = pytest.mark.usefixtures("unverified")

LEDGER = Ledger(1034, 1000, 31, 0, 2, 1, 52, 3)
SIZES = [(80, 24), (120, 40)]


def standing(samples):
    return Standing(samples, 2000, LEDGER, {})


def running():
    now = RunStanding(2000)
    now.take_in(Resumed(3, 1, 2, rebuilt=False))
    now.take_in(
        RequestFailed(
            7, "the service failed (503 UNAVAILABLE: [red]try again[/red])", standing(1003)
        )
    )
    return now


def done():
    now = running()
    now.take_in(Finished(standing(2000), 190, 206, stalled=False, fatal=""))
    now.end("done")
    return now


def stalled():
    now = running()
    now.take_in(Finished(standing(1003), 61, 206, stalled=True, fatal=""))
    now.end("stopped")
    return now


def failed():
    now = RunStanding(2000)
    now.end("failed", "data.json: cannot be written: no space left on device.")
    return now


def mixed():
    now = failed()
    now.others = ("gemini",)
    now.problem = "data.json contains gemini samples; nothing was written."
    return now


@pytest.mark.parametrize(
    ("state", "size"),
    [
        pytest.param(
            *(state, size),
            id=f"{state.__name__}-{width}",
            marks=() if (state, width) in ((running, "narrow"), (done, "wide")) else MORE,
        )
        for state in (running, done, stalled, failed, mixed)
        for width, size in zip(("narrow", "wide"), SIZES, strict=True)
    ],
)
def test_it_looks(snap_compare, path, tmp_path, monkeypatch, size, state):  # noqa: F811
    """The standings are made by hand, so that no clock is in the picture."""
    monkeypatch.setattr(RunStanding, "seconds", property(lambda _: 83.0))
    app = app_on(path.relative_to(tmp_path))

    async def show(pilot):
        now = state()
        now.output = app.review.path
        app.running.now = now
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(app.screen, GenerateScreen))
        if now.others:
            app.screen.post_message(Running.Changed(grown=False, ended=True))
        await pilot.pause()

    try:
        assert snap_compare(app, run_before=show, terminal_size=size)
    finally:
        app.review.close()
