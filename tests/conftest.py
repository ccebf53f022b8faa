"""Fixtures for all tests."""

import gc
import os
import tempfile
from collections.abc import Iterator

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key
from gemini_server import GeminiServer

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.catalog import Catalog

# What the tests' own tools hold is looked through again at every full collection: a third of the
# time of the screens' tests, for garbage that a test process can well keep a little longer.
gc.set_threshold(700, 10, 200)

# How reviews were left, and crashes, are not to be found in a user's own folder.
_state = tempfile.TemporaryDirectory(prefix="state-")
os.environ["XDG_STATE_HOME"] = _state.name


def pytest_collection_finish() -> None:
    """Have the collector leave alone what all tests hold anyway: modules and the tests."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Let each worker look for garbage once at its end, not five times: that takes seconds."""
    config.stash[gc_collect_iterations_key] = 1


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_auto_num_workers() -> int:
    """Give `-n auto` twice the cores: tests of screens and processes spend half their time waiting.

    PYTEST_XDIST_AUTO_NUM_WORKERS, which names another number, goes first.
    """
    return int(os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS", 2 * (os.cpu_count() or 1)))


@pytest.fixture
def gemini_server() -> Iterator[GeminiServer]:
    """A local server that speaks Gemini's wire format; see `tests/gemini_server`."""
    with GeminiServer() as server:
        yield server


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The catalogue that comes with the program."""
    return load_catalog(CatalogFiles())
