"""What services say, fit for a sentence, a screen or a file: short, harmless, without the key."""

import re

from pydantic import SecretStr

_HIDDEN = "[key]"
_SHORTEST = 8
"""Characters that a key has at the least, be it that of a service in between."""
_SHOWN = 200
_LOOKED_AT = 100_000
"""Characters of a page that are looked through for its title."""


def shorten(text: object, key: SecretStr) -> str:
    """Make a service's message fit into a sentence; services may echo the key."""
    said = without_key(str(text or "")[:_LOOKED_AT], key)
    if re.search(r"<!doctype|<html|<head|<body", said, re.IGNORECASE):
        title = re.search(r"<title>(.*?)</title>", said, re.IGNORECASE | re.DOTALL)
        said = f"an HTML page{f', {title[1]!r}' if title else ''}"
    said = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return (said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…").rstrip(".")


def without_key(text: str, key: SecretStr) -> str:
    """Put a sign in the place of the key, wherever a text holds it.

    What is too short for a key stays: replacing it would spoil answers, and hide nothing.
    """
    secret = key.get_secret_value()
    return text.replace(secret, _HIDDEN) if len(secret) >= _SHORTEST else text


def body_without_key(body: bytes, key: SecretStr) -> bytes:
    """Put a sign in the place of the key in a body that nothing has read yet.

    JSON may write each of its characters as an escape, so those are looked for too.
    """
    secret = key.get_secret_value()
    if len(secret) < _SHORTEST:
        return body
    if secret.encode() in body:
        body = body.replace(secret.encode(), _HIDDEN.encode())
    if b"\\" not in body:
        return body
    return re.sub(b"".join(map(_written, secret)), _HIDDEN.encode(), body)


def _written(character: str) -> bytes:
    """Return a pattern for a character as it is, or as JSON escapes it."""
    escape = "".join(rf"[{c.lower()}{c.upper()}]" for c in f"{ord(character):04x}")
    plain = re.escape(character)
    return rf"(?:\\?{plain}|\\u{escape})".encode()
