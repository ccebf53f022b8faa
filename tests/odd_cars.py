"""Properties with limits that no car should have, and some do."""

from typing import Any


def prop(
    name: str,
    data_type: str,
    low: Any = "",
    high: Any = "",
    values: tuple[Any, ...] = (),
    description: str = "A thing.",
) -> dict[str, Any]:
    """An entry of a properties file with one area, the whole vehicle."""
    area = {"areaId": 0, "minValue": low, "maxValue": high, "supportedEnumValues": list(values)}
    return {
        "propertyName": name,
        "propertyDescription": description,
        "access": "ReadWrite",
        "dataType": data_type,
        "changeMode": "OnChange",
        "areaIdProfiles": [area],
    }


def stepped(name: str, low: str, high: str, step: str) -> dict[str, Any]:
    """An entry whose description tells its step."""
    return prop(name, "Float", low, high, description=f"How much, in steps of {step}.")


TENTHS = prop(
    "CABIN_TEMP",
    "Float",
    "16.0",
    "28.0",
    description="Cabin temperature in degrees Celsius, in steps of 0.1.",
)

USABLE = [
    TENTHS,
    prop("EPOCH_TIME", "Long", "0", "9223372036854775807"),
    prop("FLOW_RATE", "Float", "0", "1e308"),
    prop("FLOW_DIFFERENCE", "Float", "-1.7e308", "1.7e308"),
    prop("V_REVERSED", "Integer", "9", "0"),
    prop("V_REVERSED_FLOAT", "Float", 2.5, -2.5),
    prop("V_ONE", "Integer", "3", "3"),
    prop("V_ONE_FLOAT", "Float", "3.5", "3.5"),
    prop("V_HALVES", "Integer", "0.5", "9.5"),
    prop("V_BEYOND", "Integer", "0", "3000000000"),
    prop("V_ANY", "Integer"),
    prop("V_LEAST", "Float", "5", ""),
    prop("V_MIXED", "Integer", values=(1, "two", 3.5, True)),
    prop("V_ALL_WRONG", "Integer", values=("one", "two")),
    prop("V_OUTSIDE", "Integer", "0", "3", (1, 2, 9)),
    prop("V_TWICE", "Integer", values=(1, 1, 2)),
    prop("V_WHOLE_FLOATS", "Integer", values=(1.0, 2.0)),
    prop("V_ARRAY", "IntArray", values=(1, "two")),
    stepped("V_STEP_NONE", "0", "10", "0"),
    stepped("V_STEP_LARGE", "0", "10", "50"),
    stepped("V_STEP_TINY", "0", "1000000", "0.000001"),
    stepped("V_STEP_UNEVEN", "0.1", "1.05", "0.3"),
]

REFUSED = [
    prop("V_NAN", "Float", "NaN", "10"),
    prop("V_INFINITE", "Float", "0", "Infinity"),
    prop("V_TOO_LARGE", "Float", "0", "1e999"),
    prop("V_WORDS", "Float", "low", "high"),
    prop("V_DIGITS", "Long", "0", "1" + "0" * 5000),
]
