"""Jinja2 for untrusted templates: no Python attributes, and limits on time and memory.

A template is a program. It may loop for ever or build gigabytes of text with one operator, filter
or method, so each rendering is timed and the process is limited to a little more memory than it has
(if the operating system supports that). Both cost a fraction of a millisecond.
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
"""Seconds for one rendering; real templates take milliseconds."""
MEMORY = 512 * 2**20
"""The most bytes that one rendering may take."""
MOST_TEXT = 16 * 2**20
"""The most characters that a rendering may produce."""
MOST_TEMPLATE = 256 * 2**10
"""The most bytes of a template; larger ones take seconds to compile."""
_MOST_BITS = 4096
"""The most bits of an integer that a template may compute with."""

_rendering = threading.RLock()


class TemplateLimitError(Exception):
    """A template that takes too long, or too much memory; the message is part of a sentence."""


class _Late(BaseException):
    """Time is up; not an `Exception`, so no filter can catch it."""


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment whose operators can't produce anything huge."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Compute a product or a power. Raises `SecurityError` if it is too large."""
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
            raise TemplateLimitError(f"it produces {len(text):,} characters")
        return text


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple)) else 0


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


@contextmanager
def limited() -> Iterator[None]:
    """Limit the time and memory of a rendering, in any environment. Raises `TemplateLimitError`."""
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
    """Return a trace function that stops code running past the deadline, in any loop or call."""

    def look(frame: FrameType, _event: str, _value: Any) -> Callable[..., Any] | None:
        if time.monotonic() > deadline:
            raise _Late
        # For code other than the template's, tracing calls is enough; its lines are many.
        return look if isinstance(frame.f_globals.get("environment"), jinja2.Environment) else None

    return look


@contextmanager
def memory_limited() -> Iterator[None]:
    """Limit this process to a little more memory than it has. Raises `TemplateLimitError`.

    Constant parts of a template are computed when it is compiled, so that needs a limit too.
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
    """Return the bytes of this process's address space, 0 if the system doesn't say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
