"""Keep a key out of the log records of a service's client and its transports, at any level.

They log nothing of their own accord that holds it; but a service that echoes a key in a header
would have it logged at DEBUG.
"""

import logging
from collections.abc import Sequence

from pydantic import SecretStr

from workbench.adapters.models.redaction import without_key

_LOGGERS = (
    "google_genai",
    "google",
    "huggingface_hub",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "hpack",
    "anyio",
)


class _Redaction(logging.Filter):
    def __init__(self, keys: Sequence[SecretStr]) -> None:
        super().__init__()
        self._keys = keys

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for key in self._keys:
            text = without_key(text, key)
        record.msg, record.args = text, ()
        # The original exception would bring the request, and its headers, with it.
        record.exc_info = record.exc_text = None
        return True


def redact_logs(*keys: SecretStr) -> None:
    """Take keys out of what the client and its transports log from now on."""
    redaction = _Redaction(keys)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".", 1)[0] in _LOGGERS:
            logger = logging.getLogger(name)
            for old in [f for f in logger.filters if isinstance(f, _Redaction)]:
                logger.removeFilter(old)
            logger.addFilter(redaction)
