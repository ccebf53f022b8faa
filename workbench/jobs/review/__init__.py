"""A dataset under review, without a screen: samples, labels, the current view, decisions."""

from pathlib import Path

from workbench.adapters.dataset import load_raw
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import file_signature
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.jobs.review.items import NOT_YET
from workbench.jobs.review.review import Review
from workbench.jobs.review.tally import ReviewProgress
from workbench.jobs.review.view import CHUNK, EVERYTHING

__all__ = ["CHUNK", "EVERYTHING", "NOT_YET", "Review", "ReviewProgress", "open_review"]


def open_review(
    path: Path, files: CatalogFiles, labels: Path | None = None, reviewer: str = ""
) -> Review:
    """Open a dataset for review. Raises `InputError` for anything unusable."""
    signature = file_signature(path)
    raw, digest = load_raw(path)
    verifier = load_verifier(files)
    _ = verifier.words  # fails now if they are unusable; rules are built with the first verdict
    store = open_labels(labels or labels_path(path), reviewer, catalog=files.digest())
    if labels is None and (unused := DatasetFiles(path).notice):
        store.notices = (*store.notices, unused)
    return Review(path, raw, digest, files, verifier, store, signature)
