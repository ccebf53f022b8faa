"""What the demo reports while it runs, besides what a fine-tuning reports."""

from dataclasses import dataclass

from workbench.jobs.finetune.events import FinetuneEvent


@dataclass(frozen=True, slots=True)
class PartBegan:
    """Another part begins, with progress of its own: what it is about, as a heading."""

    title: str


@dataclass(frozen=True, slots=True)
class Making:
    """Progress: samples made so far."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Answering:
    """Progress: eval questions answered so far. trained: whether by the trained model."""

    done: int
    total: int
    trained: bool


DemoEvent = PartBegan | Making | Answering | FinetuneEvent
