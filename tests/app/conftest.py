"""Fixtures for tests of the app."""

import pytest

from workbench.adapters.catalogs import CatalogFiles, load_catalog, with_words
from workbench.core.catalog import Catalog


@pytest.fixture(scope="session")
def worded() -> Catalog:
    """The catalogue that comes with the program, with words to check a query's meaning by."""
    files = CatalogFiles()
    return with_words(load_catalog(files), files)
