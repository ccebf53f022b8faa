"""A small car, a policy and samples for tests that need no more than that."""

from workbench.core.car.catalog import Catalog, build_catalog
from workbench.core.car.overlay import Overlay
from workbench.core.car.policy import Degree, Need, PlaceRule, Policy
from workbench.core.samples import Sample, from_item

SEATS = {1: "Row 1 left seat", 4: "Row 1 right seat"}
WINDOWS = {16: "Row 1 left window", 65536: "Roof window"}


def raw_property(name, data_type, areas, low="", high="", values=(), access="ReadWrite", **extra):
    return {
        "propertyName": name,
        "propertyDescription": f"Description of {name}, with <b> & „quotes“.",
        "access": access,
        "dataType": data_type,
        "changeMode": "OnChange",
        "areaIdProfiles": [
            {
                "areaId": area,
                "areaIdDescription": words,
                "minValue": low,
                "maxValue": high,
                "supportedEnumValues": list(values),
            }
            for area, words in areas.items()
        ],
    } | extra


PROPERTIES = [
    raw_property("TEMPERATURE", "Float", SEATS, low="17.5", high="32.5", vendorKey="kept"),
    raw_property("WINDOW_POS", "Integer", WINDOWS, low="-10", high="10"),
    raw_property("CHARGE_LIMIT", "Float", {0: "Entire vehicle"}),
    raw_property("AIRFLOW", "Integer", SEATS),
    raw_property("SPEED", "Float", {0: "Entire vehicle"}, access="ReadOnly"),
    raw_property("SECRET_SWITCH", "Boolean", {0: "Entire vehicle"}),
]


def raw_function(name, value=None):
    properties = {
        "propertyName": {"type": "STRING", "description": "Which property."},
        "areaId": {"type": "INTEGER", "description": "Which area.", "format": "int32"},
    }
    if value:
        properties["value"] = value
    required = list(properties)
    parameters = {"type": "OBJECT", "properties": properties, "required": required}
    return {"name": name, "description": f"What {name} does.", "parameters": parameters}


FUNCTIONS = [
    raw_function("getBooleanProperty"),
    raw_function("getIntProperty"),
    raw_function("getFloatProperty"),
    raw_function("setBooleanProperty", {"type": "BOOLEAN"}),
    raw_function("setIntProperty", {"type": "INTEGER", "format": "int32"}),
    raw_function("setLongProperty", {"type": "INTEGER", "description": "A long."}),
    raw_function("setFloatProperty", {"type": "NUMBER", "format": "float"}),
    raw_function("setIntArrayProperty", {"type": "ARRAY", "items": {"type": "INTEGER"}}),
]

OVERLAY = {
    "area_kinds": {
        "seat": {
            "words": {"1": "front left seat", "4": "front right seat"},
            "driver": {"left": 1, "right": 4},
            "passenger": {"left": 4, "right": 1},
        },
        "window": {
            "words": {"16": "front left window", "65536": "sunroof"},
            "driver": {"left": 16, "right": 64},
        },
        "car": {"words": {"0": "whole car"}},
    },
    "properties": {
        "TEMPERATURE": {"Float": {"unit": "°C", "area_kind": "seat", "step": 0.5}},
        "WINDOW_POS": {
            "Integer": {
                "label": "window",
                "area_kind": "window",
                "zero": "closed",
                "plus": "open",
                "areas": {"65536": {"minus": "tilted"}},
            }
        },
        "CHARGE_LIMIT": {"Float": {"unit": "%", "minimum": 0, "maximum": 100, "area_kind": "car"}},
        "AIRFLOW": {
            "Integer": {"legal": [1, 2], "values": {"1": "face", "2": "floor"}, "area_kind": "seat"}
        },
        "SPEED": {"Float": {"unit": "m/s", "area_kind": "car"}},
        "SECRET_SWITCH": {"Boolean": {"spoken": "never", "area_kind": "car"}},
    },
}

POLICY = Policy(
    default_place=PlaceRule(get="driver", set="driver", why="The driver speaks."),
    places={"AIRFLOW": PlaceRule(get="driver", set="all"), "NOT_HERE": PlaceRule(get=1, set=1)},
    degrees=(
        Degree(words=("a notch",), steps=1),
        Degree(words=("half", "halfway"), fraction=0.5),
        Degree(words=("max",), level=-1),
    ),
    needs=(
        Need(words=("I'm cold",), property="TEMPERATURE", type="Float", value=25.0, personal=True),
        Need(words=("so dark",), property="NOT_HERE", type="Float", value=1.0),
    ),
    rules=("Boot means tailgate.",),
)


def small_catalog(driver_side="left") -> Catalog:
    return build_catalog(PROPERTIES, FUNCTIONS, Overlay.model_validate(OVERLAY), driver_side)


def window_sample(query="Open the window", value=10) -> Sample:
    arguments = {"propertyName": "WINDOW_POS", "areaId": 16, "value": value}
    call = {"name": "setIntProperty", "arguments": arguments}
    return from_item({"query": query, "answers": [call], "meta": {"engine": "x"}})
