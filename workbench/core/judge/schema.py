"""The JSON schemas of a judge's and a repairer's reply: the evidence before the conclusions.

The service writes required properties in the order of `required`. Tags stay free strings, so that
the schema is the same in every request.
"""

from collections.abc import Mapping
from typing import Any

from workbench.core.judge.votes import CONVERSATION_QUESTIONS, QUESTIONS

_TEXT = {"type": "string"}
_TRUTH = {"type": "boolean"}


def judge_schema(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a judge's reply. call: the schema of a tool call."""
    objection = _object(
        {
            "question": {"type": "string", "enum": list(QUESTIONS)},
            "call": {"type": "integer"},
            "reason": _TEXT,
        }
    )
    answer = _object(
        {
            "id": _TEXT,
            "evidence": _TEXT,
            **dict.fromkeys(QUESTIONS, _TRUTH),
            "objections": {"type": "array", "items": objection},
            "corrected_query": _TEXT,
            "corrected_answers": {"type": "array", "items": dict(call)},
        }
    )
    return {"type": "array", "items": answer}


def judge_conversation_schema() -> dict[str, Any]:
    """Return the schema of a judge's reply about conversations.

    A step is a text of JSON: the service refuses schemas that are nested as deeply as a step is.
    """
    objection = _object(
        {
            "question": {"type": "string", "enum": list(CONVERSATION_QUESTIONS)},
            "step": {"type": "integer"},
            "call": {"type": "integer"},
            "reason": _TEXT,
        }
    )
    answer = _object(
        {
            "id": _TEXT,
            "evidence": _TEXT,
            **dict.fromkeys(CONVERSATION_QUESTIONS, _TRUTH),
            "objections": {"type": "array", "items": objection},
            "corrected_steps": {"type": "array", "items": _TEXT},
        }
    )
    return {"type": "array", "items": answer}


def repair_schema(call: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a repairer's reply. call: the schema of a tool call."""
    answers = {"type": "array", "items": dict(call)}
    answer = _object({"id": _TEXT, "evidence": _TEXT, "query": _TEXT, "answers": answers})
    return {"type": "array", "items": answer}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}
