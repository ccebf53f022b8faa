"""Where the files of one dataset's runs are."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one dataset."""

    dataset: Path

    def _beside(self, kind: str) -> Path:
        return self.dataset.with_name(f"{self.dataset.name.removesuffix('.json')}.{kind}.jsonl")

    @property
    def journal(self) -> Path:
        return self._beside("journal")

    @property
    def quarantine(self) -> Path:
        return self._beside("quarantine")

    @property
    def duplicates(self) -> Path:
        return self._beside("duplicates")
