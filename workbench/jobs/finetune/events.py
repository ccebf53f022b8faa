"""What a fine-tuning reports while it runs."""

from dataclasses import dataclass

from workbench.adapters.tuning.train import Hyper, Logged


@dataclass(frozen=True, slots=True)
class Began:
    """Everything is checked and training begins. lengths: least, median and most tokens of a
    record.

    steps: in all. resumed: the step to continue from, 0 at the start.
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
    """Something the user must know; one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Encoding:
    """Progress: records encoded so far."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Saving:
    """Training is done; the model is merged and saved."""


FinetuneEvent = Began | Noticed | Encoding | Logged | Saving
