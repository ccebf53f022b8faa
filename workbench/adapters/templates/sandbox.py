"""Jinja2 for templates of strangers: no attributes of Python, and a limit for time and memory.

A template is a program. It may loop for ever or build texts of gigabytes by one operator, one
filter or one method, so each rendering is watched (time) and the process is held to some memory
more than it has (where the operating system can do that). Both cost a fraction of a millisecond.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SECONDS = 10.0
"""For one rendering; templates in use take milliseconds."""
MEMORY = 512 * 2**20
"""Bytes that one rendering may take."""
MOST_TEXT = 16 * 2**20
"""Characters that a rendering may come to."""
MOST_TEMPLATE = 256 * 2**10
"""Bytes of a template; a larger one takes seconds to compile."""
_MOST_BITS = 4096
"""Of a whole number that a template reckons with."""

_rendering = threading.RLock()


class TemplateLimitError(Exception):
    """A template that takes too long, or too much memory; the message is a part of a sentence."""


class _Late(BaseException):
    """Time is up; no `except Exception` of a filter may hold it."""


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose operators make nothing huge."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Work out a product or a power. Raises `SecurityError` for one that is too large."""
        if operator == "*":
            size = _length(left) * _count(right) + _length(right) * _count(left)
            if size > MOST_TEXT or _bits(left) + _bits(right) > _MOST_BITS:
                raise SecurityError("a product in it is too large")
        elif _bits(left) * abs(_count(right)) > _MOST_BITS:
            raise SecurityError("a power in it is too large")
        return super().call_binop(context, operator, left, right)

    def rendered(self, template: jinja2.Template, values: Mapping[str, Any]) -> str:
        """Render a template within the limits. Raises what templates do, `TemplateLimitError`."""
        with limited():
            text = template.render(values)
        if len(text) > MOST_TEXT:
            raise TemplateLimitError(f"it makes a text of {len(text):,} characters")
        return text


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple)) else 0


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


@contextmanager
def limited() -> Iterator[None]:
    """Hold a rendering, by any environment, to time and memory. Raises `TemplateLimitError`."""
    with memory_limited(), _time_limited():
        yield


@contextmanager
def _time_limited() -> Iterator[None]:
    before = sys.gettrace()
    sys.settrace(_watch(time.monotonic() + SECONDS))
    try:
        yield
    except _Late:
        raise TemplateLimitError(f"it takes more than {SECONDS:g} seconds") from None
    finally:
        sys.settrace(before)


def _watch(deadline: float) -> Callable[..., Any]:
    """Return a trace function that ends what runs past the deadline, in any loop or call."""

    def look(frame: FrameType, _event: str, _value: Any) -> Callable[..., Any] | None:
        if time.monotonic() > deadline:
            raise _Late
        # Of other code than a template's, its calls are enough, and its lines are many.
        return look if isinstance(frame.f_globals.get("environment"), jinja2.Environment) else None

    return look


@contextmanager
def memory_limited() -> Iterator[None]:
    """Hold this process to some memory more than it has. Raises `TemplateLimitError`.

    Constant parts of a template are worked out when it is compiled, so that needs a limit too.
    """
    try:
        with _rendering, _address_space_limited():
            yield
    except MemoryError:
        raise TemplateLimitError("it takes too much memory") from None


@contextmanager
def _address_space_limited() -> Iterator[None]:
    used = _address_space()
    if resource is None or not used:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = min((one for one in (soft, hard) if one != resource.RLIM_INFINITY), default=None)
    most = used + MEMORY if least is None else min(used + MEMORY, least)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """Return the bytes of this process's address space, 0 if the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
