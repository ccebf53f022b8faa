"""A dataset under review, without a screen: samples, labels, the view of them, decisions."""

from pathlib import Path

from workbench.adapters.catalogs import CatalogFiles
from workbench.adapters.dataset import load_raw
from workbench.adapters.files import file_signature
from workbench.adapters.labels import labels_path, open_labels
from workbench.jobs.review.items import NOT_YET
from workbench.jobs.review.review import Review
from workbench.jobs.review.tally import Progress
from workbench.jobs.review.view import CHUNK, EVERYTHING
from workbench.jobs.verify import catalog_for

__all__ = ["CHUNK", "EVERYTHING", "NOT_YET", "Progress", "Review", "open_review"]


def open_review(
    path: Path, files: CatalogFiles, labels: Path | None = None, reviewer: str = ""
) -> Review:
    """Open a dataset for review. Raises `InputError` for what cannot be used."""
    signature = file_signature(path)
    raw, digest = load_raw(path)
    catalog = catalog_for(files, None)
    store = open_labels(labels or labels_path(path), reviewer, catalog=files.digest())
    return Review(path, raw, digest, files, catalog, store, signature)
