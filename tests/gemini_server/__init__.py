"""A local HTTP server that speaks Gemini's wire format, with scripted answers and faults.

    with GeminiServer() as server:
        server.answer = lambda asked: server.text("[]")
        server.faults = Faults(share=0.2, seed=1)

The real client talks to it; nothing of the client is replaced. By hand, from the repository's
root: `python -m tests.gemini_server`.
"""

from .answers import Answer
from .asked import Asked
from .batches import BatchPlan
from .faults import FAULTS, MIXED, RETRIED, UNUSABLE, Faults
from .limits import Limits
from .server import KEY, GeminiServer, Responder

__all__ = [
    "FAULTS",
    "KEY",
    "MIXED",
    "RETRIED",
    "UNUSABLE",
    "Answer",
    "Asked",
    "BatchPlan",
    "Faults",
    "GeminiServer",
    "Limits",
    "Responder",
]
