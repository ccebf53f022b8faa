"""What every client of a service needs: its address, proxies and certificates, when to come back.

An address is parsed once. What may be secret in it, a user's name and password or the query, is
sent to the service and shown nowhere.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from pydantic import SecretStr

from workbench.core.errors import InputError
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from ssl import SSLContext

_PROXIES = ("http", "https", "socks5", "socks5h")
_SECRET = re.compile(r"key|token|sig|secret|pass|pwd|auth|cred|code", re.IGNORECASE)
"""Names of a query's fields whose values are taken out of all that a server says."""
_QUESTIONS = re.compile(r"/(?:chat/completions|completions|models|responses|embeddings)/*\Z")
_VERSIONED = re.compile(r"/v\d\w*(?:/|\Z)")
_MODEL = re.compile(r"/models(?:/.*)?\Z")
_GEMINI_VERSION = re.compile(r"/(v\d\w*)\Z")
_LONGEST = 1e9
"""Seconds; what asks for longer waits asks for no other thing."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service answers."""

    url: str = field(repr=False)
    """As requests go to it, without the query and without a slash at its end."""
    shown: str
    """As it is shown and written down: without a user, a password and the query."""
    query: str = field(default="", repr=False)
    """As it was given, to be sent with each request; "" for none."""
    secrets: tuple[SecretStr, ...] = ()
    """What of it no message and no file may hold."""


def parse_address(text: str, option: str, example: str) -> Address:
    """Read an address that somebody typed. Raises `InputError` for anything else.

    option: where it was given. example: of one that would do.
    """
    from httpx2 import URL, InvalidURL

    given = text.strip()
    try:
        parts = urlsplit(given)
        why = _why_unusable(given, parts)
        if not why:
            URL(given).raw_host.decode().encode("idna")  # as the system is asked for it
    except (ValueError, InvalidURL):
        why = "this is not an address"
    if why:
        raise InputError(f"{option} {visible(harmless(given))}: {why}; give one such as {example}.")
    place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    path = parts.path.rstrip("/")
    return Address(
        f"{parts.scheme}://{parts.netloc}{path}", f"{place}{path}", parts.query, _secrets(parts)
    )


def _why_unusable(given: str, parts: SplitResult) -> str:
    if re.search(r"[\s\x00-\x1f\x7f]", given):
        return "an address can't contain blanks"
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        return "this is not an address"
    # What is behind a fragment is never sent, so the request would go to another place.
    return "it contains a # part, which is never sent to a server" if "#" in given else ""


def _secrets(parts: SplitResult) -> tuple[SecretStr, ...]:
    """Return a password, or a user's name where it stands alone, and secrets of the query.

    Each as it is sent, and as a server may say it.
    """
    fields = [one.partition("=")[::2] for one in parts.query.split("&")]
    found = [parts.password or parts.username or ""]
    found += [value for name, value in fields if _SECRET.search(name)]
    found += [unquote(one) for one in found] + [unquote_plus(one) for one in found]
    return tuple(SecretStr(one) for one in dict.fromkeys(found) if one)


def harmless(text: str) -> str:
    """Return what was typed for an address without what may be secret in it."""
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "", text
    place, _, more = re.sub(r"[/?#]", "\n", rest, count=1).partition("\n")
    if "@" in more:  # a password that breaks the address, perhaps
        return f"{scheme}{separator}…"
    path = rest[len(place) :]
    cut = re.split(r"[?#]", path, maxsplit=1)[0]
    shown = f"{scheme}{separator}{place.rpartition('@')[2]}{cut}{'…' if cut != path else ''}"
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def endpoint_address(text: str) -> Address:
    """Read the address of a server that speaks as OpenAI's: its base, or where it is asked.

    `/v1` is added where the path names no version. Raises `InputError`.
    """
    address = parse_address(text, "--endpoint", "http://localhost:8000")
    asked = _QUESTIONS.search(urlsplit(address.url).path)
    if asked:
        return _without(address, asked[0])
    if _VERSIONED.search(urlsplit(address.url).path):
        return address
    return replace(address, url=f"{address.url}/v1", shown=f"{address.shown}/v1")


def gemini_address(text: str) -> tuple[Address, str]:
    """Read another address of Gemini's service, and the version of the API that it names.

    The version is "" for none. Raises `InputError`.
    """
    address = parse_address(
        text, "--base-url", "https://host:port (it may come from GOOGLE_GEMINI_BASE_URL)"
    )
    if asked := _MODEL.search(urlsplit(address.url).path):
        address = _without(address, asked[0])
    version = _GEMINI_VERSION.search(urlsplit(address.url).path)
    return (_without(address, version[0]), version[1]) if version else (address, "")


def _without(address: Address, end: str) -> Address:
    return replace(
        address, url=address.url.removesuffix(end), shown=address.shown.removesuffix(end)
    )


@contextmanager
def environment_checked() -> Iterator[None]:
    """Make clients in this block, which read proxies and certificates from the environment.

    Raises `InputError` naming the variable that cannot be used.
    """
    import ssl

    if problem := environment_problem():
        raise InputError(f"{problem}.")
    try:
        yield
    except ssl.SSLError as error:
        raise InputError(
            f"the certificates of this machine cannot be used ({error.reason or error}); check "
            "SSL_CERT_FILE and SSL_CERT_DIR, or unset them."
        ) from None


def certificates() -> "SSLContext":
    """Return the certificates that all clients trust; to be called where `environment_checked`.

    Reading them takes longer than all else that a client is made of, and each client of Google's
    would do so three times.
    """
    return _certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=1)
def _certificates(file: str | None, folder: str | None) -> "SSLContext":  # noqa: ARG001
    """Read them; file, folder: where the environment says that they are, which httpx looks up."""
    import httpx2

    return httpx2.create_ssl_context()


def environment_problem() -> str:
    """Say which variable of the network cannot be used, why, and what to do; "" for none."""
    return _proxy_problem() or _certificate_problem()


def _proxy_problem() -> str:
    # Imported here, as what else only a client needs: most commands talk to nobody.
    from urllib.request import getproxies

    proxies = getproxies()
    if "*" in [host.strip() for host in proxies.get("no", "").split(",")]:
        return ""
    for kind in ("http", "https", "all"):
        if value := proxies.get(kind):
            names = (f"{kind}_proxy", f"{kind.upper()}_PROXY")
            name = next((one for one in names if os.environ.get(one) == value), f"the {kind} proxy")
            if why := _why_no_proxy(value):
                return f"{name} ({visible(harmless(value))}): {why}"
    return ""


def _why_no_proxy(value: str) -> str:
    from httpx2 import URL, InvalidURL

    example = "give one such as http://host:3128, or unset it"
    full = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(full)
        usable = parts.scheme in _PROXIES and parts.hostname and parts.port != 0
        if not usable or re.search(r"\s", full) or URL(full).port == 0:
            return f"no proxy can be reached at this address; {example}"
    except (ValueError, InvalidURL):
        return f"this is not a proxy's address; {example}"
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        return f"a SOCKS proxy needs the package socksio; pip install socksio, or {example}"
    return ""


def _certificate_problem() -> str:
    for name, told in (("SSL_CERT_FILE", "file"), ("SSL_CERT_DIR", "folder")):
        value = os.environ.get(name, "")
        path = Path(value)
        if value and not (path.is_file() if told == "file" else path.is_dir()):
            return (
                f"{name} ({visible(value[:200])}): there is no such {told}; correct it, or unset it"
            )
        if value and not os.access(path, os.R_OK):
            return f"{name} ({visible(value[:200])}): it cannot be read; correct it, or unset it"
    if path_told := os.environ.get("SSLKEYLOGFILE"):
        folder = Path(path_told).parent
        if Path(path_told).is_dir() or not folder.is_dir():
            return (
                f"SSLKEYLOGFILE ({visible(path_told[:200])}): it cannot be written; correct it, or "
                "unset it"
            )
    return ""


def seconds_asked(text: str, now: datetime | None = None) -> float | None:
    """Read a `Retry-After`: seconds, or a date; None for what is neither. At most `_LONGEST`."""
    said = text.strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", said, re.ASCII):
        return min(float(said), _LONGEST)
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(said)
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = (date - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(0.0, seconds), _LONGEST)
