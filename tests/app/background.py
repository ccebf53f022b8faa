"""The app with a generation in the background, for tests: how it is opened, and waited for."""

import asyncio
from collections.abc import Callable
from time import monotonic

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.main import WorkbenchApp
from workbench.app.welcome import Opening
from workbench.jobs.review import open_review


def opening(path):
    """Say how the dataset at a path is opened."""
    return Opening(path, lambda p: open_review(p, CatalogFiles(), reviewer="ann"), CatalogFiles())


def app_on(path):
    """Make an app: on the review of a dataset that is there, on the welcome else."""
    way = opening(path)
    return WorkbenchApp(way.open_dataset(path) if path.exists() else None, opening=way)


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to hold. Not by the pilot: it waits for an idle processor first."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not come to hold"
        await asyncio.sleep(0.002)


def shown(app, selector="Screen"):
    """Give the text that is drawn of a widget, of the whole screen by default."""
    target = app.screen if selector == "Screen" else app.screen.query_one(selector)
    region = target.region
    lines = app.screen._compositor.render_strips()
    return "\n".join(line.text for line in lines[region.y : region.bottom])
