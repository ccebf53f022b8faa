"""Keep a key out of the log records of a service's client and its transports, at any level.

They log nothing of their own accord that holds it; but a service that echoes a key in a header
would have it logged at DEBUG.
"""

import logging

from pydantic import SecretStr

from workbench.adapters.redaction import without_key

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
    def __init__(self, key: SecretStr) -> None:
        super().__init__()
        self._key = key

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_key(record.getMessage(), self._key), ()
        # The original exception would bring the request, and its headers, with it.
        record.exc_info = record.exc_text = None
        return True


def redact_logs(key: SecretStr) -> None:
    """Take the key out of what the client and its transports log from now on."""
    redaction = _Redaction(key)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".", 1)[0] in _LOGGERS:
            logger = logging.getLogger(name)
            for old in [f for f in logger.filters if isinstance(f, _Redaction)]:
                logger.removeFilter(old)
            logger.addFilter(redaction)
