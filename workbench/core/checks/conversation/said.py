"""How findings about conversations name things: properties in their areas, and values."""

from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.car.words import brief, state_words
from workbench.core.checks.conversation.session import Spot


def spot_words(spot: Spot, catalog: Catalog) -> str:
    """Return a property and where: `WINDOW_POS (rear left window)`; the name if it's everywhere."""
    prop = catalog.properties.get(spot[0])
    area = prop.areas.get(spot[1]) if prop else None
    if prop is None or area is None:
        return f"{brief(spot[0])} in area {spot[1]}"
    return f"{prop.name} ({area.words})" if len(prop.areas) > 1 else prop.name


def value_of(value: Any, spot: Spot, catalog: Catalog) -> str:
    """Return a value of a property in words: `21.0 °C`, `on`."""
    prop = catalog.properties.get(spot[0])
    return state_words(value, prop) if prop else brief(value)


def step_words(step: int) -> str:
    """Return which step it is, as people count: from 1."""
    return f"step {step + 1}"
