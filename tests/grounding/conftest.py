"""The catalogue with the words by which queries are read."""

import pytest

from workbench.adapters.catalogs import CatalogFiles, load_catalog, with_words
from workbench.core.catalog import Catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    files = CatalogFiles()
    return with_words(load_catalog(files), files)
