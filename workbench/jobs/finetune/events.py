"""What a fine-tuning tells while it runs."""

from dataclasses import dataclass

from workbench.adapters.tuning.train import Hyper, Logged


@dataclass(frozen=True, slots=True)
class Began:
    """All is checked and training begins. lengths: least, median and most tokens of a record.

    steps: in all. resumed: the step to go on from, 0 at the start.
    """

    train: int
    dev: int
    eval: int
    lengths: tuple[int, int, int]
    family: str
    hyper: Hyper
    steps: int
    resumed: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that whoever trains must know; one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Encoding:
    """So many of the records are encoded."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Saving:
    """Training is done; the model is merged and saved."""


FinetuneEvent = Began | Noticed | Encoding | Logged | Saving
