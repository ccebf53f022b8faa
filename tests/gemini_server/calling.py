"""Functions called in a conversation: what the service demands of contents that go on with one."""

from collections.abc import Mapping
from typing import Any

from workbench.adapters.models.gemini.names import has_levels

UNSIGNED = "skip_thought_signature_validator"


def wrong_contents(model: str, body: Mapping[str, Any]) -> str:
    """What the service would refuse in a request's contents, in its words; "" if nothing.

    Each function response answers a call of the content before it, in number and by name; each call
    that was made since something was last said has a signature, the first of several at least.
    """
    contents = body.get("contents") or []
    said = [place for place, one in enumerate(contents) if _says(one)]
    for place, content in enumerate(contents):
        parts = content.get("parts") or []
        if content.get("role") not in (None, "user", "model"):
            return "Please use a valid role: user, model."
        if not parts:
            return "GenerateContentRequest.contents: must include at least one parts field."
        calls = [part["functionCall"] for part in parts if "functionCall" in part]
        after = contents[place + 1].get("parts") if place + 1 < len(contents) else None
        if calls and after is not None:
            named = [p.get("functionResponse", {}).get("name") for p in after]
            if named != [call["name"] for call in calls]:
                return (
                    "Please ensure that the number of function response parts is equal to the "
                    "number of function call parts of the function call turn."
                )
        signed = any(part.get("thoughtSignature") for part in parts if "functionCall" in part)
        if calls and not signed and has_levels(model) and said and place > said[-1]:
            return (
                f"Function call is missing a thought_signature in functionCall parts. Function "
                f"call `default_api:{calls[0]['name']}`, position {place + 1}."
            )
    return ""


def _says(content: Mapping[str, Any]) -> bool:
    """Whether it is something that a user says, and not the results of calls."""
    return content.get("role") != "model" and any("text" in p for p in content.get("parts") or [])
