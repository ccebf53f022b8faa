"""Find the dataset samples behind records: a record and a sample belong together if what is said
and called in them is equal, the record's in canonical form.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.adapters.dataset import load_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.core.car.catalog import Catalog
from workbench.core.training.model_results import accepted_content, signed_content
from workbench.core.training.records import DialogStep, canonical
from workbench.core.training.told_keys import own_steps, step_keys, told_key


@dataclass(frozen=True, slots=True)
class SignedPlace:
    """A step of a sample as it is signed. id: the sample's in the dataset. content: of what is
    signed. accept: see `accepted_content`. last: whether the sample ends with it.
    """

    id: str
    content: str
    accept: str
    step: int
    last: bool


class SignedPlaces:
    """The places of a dataset by what comes before them and what is signed there."""

    def __init__(self, dataset: Path, catalog: Catalog, labels: Path | None = None) -> None:
        """Read the dataset and its labels. Raises `InputError`."""
        self._catalog = catalog
        self._places: dict[str, list[SignedPlace]] = defaultdict(list)
        self._steps: dict[str, list[int]] = {}
        with open_labels(labels or labels_path(dataset), read_only=True) as store:
            for sample in load_dataset(dataset).samples:
                if sample.id in self._steps:
                    continue
                label = store.get(sample.id)
                signed = canonical(label.in_force(sample) if label else sample, catalog)
                content, accept = signed_content(sample.id, label), accepted_content(label)
                keys = list(step_keys(signed, catalog))
                self._steps[sample.id] = [step for step, _ in keys]
                for number, (step, key) in enumerate(keys, start=1):
                    last = number == len(keys)
                    place = SignedPlace(sample.id, content, accept, step, last)
                    self._places[key].append(place)

    def of(self, told: Sequence[DialogStep]) -> list[SignedPlace]:
        """Return the places of a record's last step, each of another sample."""
        return self._places.get(told_key(told, self._catalog), [])

    def whole(self, told: Sequence[DialogStep]) -> list[SignedPlace]:
        """Return the last places of the samples that a record tells as a whole."""
        return [place for place in self.of(told) if place.last]

    def step_after(self, place: SignedPlace, before: Sequence[DialogStep]) -> int:
        """Return the step of a place's sample that follows these steps of its record."""
        return self._steps[place.id][len(own_steps(before, self._catalog))]
