"""What evaluated models answered, as a review shows it: the latest of each sample.

An answer counts only while what was signed is the same as when it was scored.
"""

from pathlib import Path

import msgspec

from workbench.adapters.evaluations import evaluation_path, read_results
from workbench.adapters.labels import LabelStore
from workbench.core.answered import ModelResult
from workbench.core.errors import WorkbenchError
from workbench.core.facets import Facets
from workbench.core.labels import Label


class ModelAnswers:
    """Results at hand, after `load`. problem: why they could not be read, "" where they could."""

    def __init__(self) -> None:
        self.problem = ""
        self._results: dict[str, ModelResult] = {}

    def __bool__(self) -> bool:
        return bool(self._results)

    def load(self, dataset: Path) -> None:
        """Read what is kept beside a dataset; may run in a thread, for all is set at once."""
        try:
            results = read_results(evaluation_path(dataset))
        except WorkbenchError as error:
            self.problem = str(error)
            return
        # The newest stands last in the file.
        self._results = {one.id: one for one in results}

    def result(self, sample_id: str, label: Label | None) -> ModelResult | None:
        """Give the latest result of a sample, None where it says nothing of what is signed now."""
        found = self._results.get(sample_id)
        return found if found is not None and found.holds(label) else None

    def changed(self, store: LabelStore) -> int:
        """Count the samples that were signed anew, with another answer, since the evaluation."""
        return sum(not one.holds(store.get(one.id)) for one in self._results.values())

    def facets(self, facets: Facets, label: Label | None) -> Facets:
        """Add to a sample's facets whether the model was right."""
        found = self.result(facets.id, label) if self._results else None
        return msgspec.structs.replace(facets, model=found.opinion) if found else facets
