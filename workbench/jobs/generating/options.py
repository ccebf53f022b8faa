"""What a generation is asked to do."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from workbench.core.kind_shares import KindShares
from workbench.core.likeness.duplicates import DEFAULT_CONTRAST
from workbench.core.request_styles import StyleShares
from workbench.core.shares import shares_text
from workbench.core.spending.cost import PriceTier
from workbench.core.training.focus import Focus


@dataclass(frozen=True)
class GenerateOptions:
    """What to generate, and how.

    save_interval: rounds between saves of the dataset file, 0 for one at the end; a round is as
    many requests as there are workers. passing_only: set aside what fails verification. mix:
    allow another engine's samples in one file. threshold, contrast: of the duplicate filter.
    max_cost: US dollars that this run may cost, None for no limit. prices: a file over the prices
    that are known. tier: of the service, for the price. focus: where a model fails, to steer by.
    kinds: the shares of the kinds of samples; without any, all are calls and nothing else. styles:
    the shares of the styles of requests; without any, the engine's own.
    """

    output: Path
    num_samples: int
    workers: int = 4
    save_interval: int = 5
    seed: int = 0
    passing_only: bool = False
    mix: bool = False
    threshold: str = "0.8"
    contrast: int = DEFAULT_CONTRAST
    max_cost: Decimal | None = None
    prices: Path | None = None
    tier: PriceTier = "standard"
    focus: Focus | None = None
    kinds: KindShares = ()
    styles: StyleShares = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the options as a run's record has them."""
        names = "num_samples workers save_interval seed passing_only mix threshold contrast"
        chosen: dict[str, Any] = {name: getattr(self, name) for name in names.split()}
        if self.max_cost is not None:
            chosen["max_cost"] = str(self.max_cost)
        if self.focus is not None:
            chosen["focus"] = self.focus.report
        if self.kinds:
            chosen["kinds"] = shares_text(self.kinds)
        if self.styles:
            chosen["styles"] = shares_text(self.styles)
        return chosen
