"""What evaluated models answered, as shown in a review: the latest answer to each sample.

An answer counts only while the signed content is the same as when it was scored.
"""

from pathlib import Path

import msgspec

from workbench.adapters.evaluations import evaluation_path, read_results
from workbench.adapters.labels import LabelStore
from workbench.core.car.catalog import Catalog
from workbench.core.errors import WorkbenchError
from workbench.core.review.facets import Facets
from workbench.core.review.labels import Label
from workbench.core.training.model_results import ModelResult, as_it_counts

_Stamp = tuple[int, int, int]


class ModelAnswers:
    """Results, after `load`. problem: why they couldn't be read, or ""."""

    def __init__(self, catalog: Catalog) -> None:
        self.problem = ""
        self._catalog = catalog
        self._results: dict[str, ModelResult] = {}
        self._stamp: _Stamp | None = None

    def __bool__(self) -> bool:
        return bool(self._results)

    def load(self, dataset: Path) -> None:
        """Read the results stored beside a dataset; may run in a thread, because all is set at
        once.
        """
        self._stamp = _stamp_of(
            dataset
        )  # before reading, so that changes made meanwhile are noticed
        try:
            results = read_results(evaluation_path(dataset))
        except WorkbenchError as error:
            self.problem = str(error)
            return
        self.problem = ""
        # The newest comes last in the file.
        self._results = {one.id: one for one in results}

    def outdated(self, dataset: Path) -> bool:
        """Whether the file has changed since it was read; costs one look at its folder."""
        return self._stamp is not None and self._stamp != _stamp_of(dataset)

    def result(self, sample_id: str, label: Label | None) -> ModelResult | None:
        """Return a sample's latest result, None if it says nothing of what is signed now."""
        found = self._results.get(sample_id)
        return as_it_counts(found, label, self._catalog) if found is not None else None

    def changed(self, store: LabelStore) -> int:
        """Count the samples that were signed again, with another answer, since the evaluation."""
        return sum(not one.holds(store.get(one.id)) for one in self._results.values())

    def facets(self, facets: Facets, label: Label | None) -> Facets:
        """Add to a sample's facets whether the model was right."""
        found = self.result(facets.id, label) if self._results else None
        return msgspec.structs.replace(facets, model=found.opinion) if found else facets


def _stamp_of(dataset: Path) -> _Stamp:
    """Tell a version of the file from others, each of which is a new file."""
    try:
        told = evaluation_path(dataset).stat()
    except (OSError, WorkbenchError):
        return 0, 0, 0
    return told.st_ino, told.st_mtime_ns, told.st_size
