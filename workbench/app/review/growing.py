"""What a generation in the background means for the review: new samples, a notice, an end."""

import asyncio
from typing import TYPE_CHECKING

from textual.app import App

from workbench.app.generate.running import Running, running_of
from workbench.app.generate.standing import RunStanding
from workbench.app.generate.watch import notice
from workbench.app.review import showing
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen


_LOOK = 0.05
"""Seconds between two looks at whether the helper has begun."""
_ENDS = {"done": "done", "stopped": "stopped", "failed": "failed"}


def open_generate(screen: "ReviewScreen") -> None:
    """Open the generate screen on the dataset under review."""
    from workbench.app.generate.screen import GenerateScreen

    running = running_of(screen.app)
    if running is not None:
        review = screen.review
        screen.app.push_screen(GenerateScreen(running, review.files, review.path, len(review.raw)))


def take_in(screen: "ReviewScreen", event: Running.Changed) -> None:
    """Show what has come, the cursor and what is in sight staying where they are."""
    if event.grown:
        was_empty = screen.samples.virtual_size.height == 0
        screen.samples.grown()
        if was_empty:
            screen.show_sample()
    if event.grown or event.ended:
        hand_over(screen)
    running = running_of(screen.app)
    if event.ended and running is not None and running.now is not None:
        _tell_end(screen, running.now)
    screen.show_status()


def hand_over(screen: "ReviewScreen") -> None:
    """Let the helper verify what has come since it was given the file."""
    screen.run_worker(_hand_over(screen), group="growing", exit_on_error=False)


async def _hand_over(screen: "ReviewScreen") -> None:
    if not screen.handed:
        showing.start_analysis(screen)
        return
    while (analyst := screen.analyst) is None or not (analyst.total or analyst.failure):
        await asyncio.sleep(_LOOK)  # it is on its way
    new = screen.review.raw[screen.handed :]
    running = running_of(screen.app)
    if analyst.failure and new and not (running and running.alive):
        # It gave up, such as over a file that grew before it was read; now that stands still.
        screen.analyst = None
        showing.start_analysis(screen)
    elif new and not analyst.failure:
        screen.handed += len(new)
        await analyst.append(new)


def _tell_end(screen: "ReviewScreen", now: RunStanding) -> None:
    if screen.app.screen is screen:
        end = f"Generation {_ENDS[now.state]}: {now.samples - now.first:,} new samples."
        screen.say(f"{end} {visible(now.problem)}".strip(), warn=bool(now.problem))


def notice_of(app: "App[object]") -> str:
    """Tell of a generation under way in a line, "" where there is none."""
    running = running_of(app)
    return notice(running.now) if running and running.alive and running.now else ""
