"""The JSON schema of a reply with samples, from a catalogue's functions."""

import json
from collections.abc import Iterable, Mapping
from typing import Any


def reply_schema(functions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Derive the JSON schema of a reply: a list of samples whose calls fit the functions.

    Functions with equal parameters share a branch. Property names stay free strings: a model held
    to a list would put a wrong name where it now writes an unknown one, which the checks find,
    and the service refuses schemas with many enum values.
    """
    names_by_parameters: dict[str, list[str]] = {}
    for function in functions:
        schema = _plain_schema(function.get("parameters") or {"type": "object"})
        names_by_parameters.setdefault(json.dumps(schema), []).append(function["name"])
    calls = [
        _object(
            {"name": {"type": "string", "enum": names}, "arguments": json.loads(parameters)},
        )
        for parameters, names in names_by_parameters.items()
    ]
    call = calls[0] if len(calls) == 1 else {"anyOf": calls}
    sample = _object({"query": {"type": "string"}, "answers": {"type": "array", "items": call}})
    return {"type": "array", "items": sample}


def _sentences_schema() -> dict[str, Any]:
    says = {"type": "array", "items": {"type": "string"}}
    return {"type": "array", "items": _object({"plan": {"type": "integer"}, "says": says})}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    # The service writes required properties in the order of `required`.
    return {"type": "object", "properties": properties, "required": list(properties)}


def _plain_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what decides validity and the service understands, with JSON Schema's type names.

    Descriptions stand in the prompt; formats (int32, float) are not enforced, and refused at times.
    """
    plain: dict[str, Any] = {}
    if isinstance(schema.get("type"), str):
        plain["type"] = schema["type"].lower()
    if isinstance(schema.get("enum"), list):
        plain["enum"] = schema["enum"]
    if isinstance(schema.get("anyOf"), list):
        plain["anyOf"] = [_plain_schema(branch) for branch in schema["anyOf"]]
    if isinstance(schema.get("items"), Mapping):
        plain["items"] = _plain_schema(schema["items"])
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        plain["properties"] = {name: _plain_schema(inner) for name, inner in properties.items()}
        required = schema.get("required")
        if isinstance(required, list):
            plain["required"] = [name for name in required if name in properties]
    return plain


SENTENCES_SCHEMA = _sentences_schema()
"""The schema of a reply with the sentences of conversations, by the number of their plan."""
