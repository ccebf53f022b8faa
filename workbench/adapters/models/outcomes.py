"""What journals keep of a request's end, whoever asked: a reply, or why there isn't one."""

from typing import Any

from workbench.adapters.models import Fault, ModelError, ModelReply
from workbench.adapters.models.gemini.envelope import read_body


def outcome_fields(came: ModelReply | ModelError) -> dict[str, Any]:
    """What came of a request, as fields of a journal's line of a reply, or of a failure."""
    if isinstance(came, ModelError):
        fault, said = came.fault, {"error": str(came)}
        usage, faults = fault.usage, fault.faults or (fault.kind,)
    else:
        said = {"reply": came.text, "finish": came.finish, "version": came.version}
        usage, faults = came.usage, came.faults
    return {**said, "usage": usage.as_dict() if usage is not None else None, "faults": faults}


def read_arrived(body: bytes) -> ModelReply | ModelError:
    """Read the body of an answer that the program was killed over."""
    answer = read_body(body)
    if answer is not None and answer.usable:
        return ModelReply(answer.text, answer.usage, answer.finish, answer.version)
    if b'"choices"' in body:
        # Imported here: it loads an HTTP client, which no journal needs otherwise.
        from workbench.adapters.models.openai.text import read_server_body

        if (reply := read_server_body(body)) is not None:
            return reply
    return ModelError(
        "the program was killed over an answer that contains no text",
        fault=Fault("empty", answer.usage if answer else None),
    )
