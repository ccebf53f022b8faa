"""Say values as people do: with their unit, or by the name of what they stand for."""

from typing import Any

from workbench.core.catalog import Property


def value_words(value: Any, prop: Property) -> str:
    """Give a property's value in words: `22.0 °C`, `automatic`, `level 2`, `true`."""
    if isinstance(value, list):
        return ", ".join(value_words(element, prop) for element in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, str)) and value in prop.value_names:
        return prop.value_names[value]
    if prop.unit == "level":
        return f"level {value}"
    return f"{value} {prop.unit}" if prop.unit else str(value)
