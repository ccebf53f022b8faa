"""The terminal under the app: what it sends is checked first, and it is left as it was found.

Textual's own driver ends the app on a byte that is not UTF-8 and on some escape sequences, types
others as if they were keys, waits for ever for the end of a paste that was cut off, and starts a
second time on a SIGCONT without a stop. What is changed here of its insides is looked for first,
and left alone where a later version has it no more.
"""

import re
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, ClassVar, TextIO, cast

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.keys import Keys
from textual.message import Message

_PASTE = re.compile(r"\x1b\[20([01])~")
_PASTE_END = "\x1b[201~"
_PATIENCE = 2.0
"""Seconds without a byte after which a paste counts as cut off."""
_READ = 32
"""Characters of an escape sequence that Textual reads; the rest of a longer one would be keys."""
_REST = 0.25
"""Seconds within which the rest of an escape sequence comes; what comes later is a key."""
_FAULTS = 100
"""Errors of Textual's in what a terminal sends, the last of which ends the app."""

_CUT = re.compile(r"\x1b\[[0-?]+[ -/]*\Z")
_STRING = re.compile(r"\x1b(?:\]\d|P[\d>+=$!]|_G)[^\x07\x1b]*(?:\x07|\x1b\\|\Z)")
"""Answers to what another program has asked the terminal: its colours, its name."""
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_BROKEN = re.compile(r"\x1b\[[0-?]+[ -/]*(?![0-?]|[ -~])")
_UNDERSTOOD = re.compile(
    r"\x1b\[(?:[IOM]|20[01]~|<[-\d;]+[mM]|[-\d;]+[mM]|\?\d+;\d\$y|\d+;\d+R|48(?:;[\d:]+){4}t"
    r"|(?:[\d:]*;?){2,3}[u~ABCDEFHPQRS])"
)


class GoneError(Exception):
    """The terminal has been closed."""


class Bytes:
    """Makes text of the bytes that a terminal sends; takes the place of a strict decoder.

    What is no UTF-8 becomes U+FFFD. Escape sequences that are cut short, and those that mean
    nothing to the app, are dropped: else their letters would be taken for keys.
    """

    def __init__(self, decode: Callable[..., str]) -> None:
        self._decode = decode
        self._held = ""
        self._latest = 0.0

    def decode(self, data: bytes, final: bool = False) -> str:
        """Return the text of more bytes. Raises `GoneError` where there can be no more."""
        if not data and not final:
            raise GoneError
        since, self._latest = monotonic() - self._latest, monotonic()
        text = (self._held if since < _REST else "") + self._decode(data, final)
        self._held = ""
        cut = _CUT.search(text)
        if cut and not final:
            text = text[: cut.start()]
            self._held = cut[0][: 2 * _READ]  # a longer one is dropped once it is whole
        text = _STRING.sub("", text)
        return _BROKEN.sub("", _SEQUENCE.sub(_understood, text))


def _understood(found: re.Match[str]) -> str:
    sequence = found[0]
    known = sequence in ANSI_SEQUENCES_KEYS or _UNDERSTOOD.fullmatch(sequence)
    return sequence if known and len(sequence) <= _READ else ""


_OPENS = frozenset("[]OP_^")
"""What comes after Escape in a sequence."""


class Parser(XTermParser):
    """Textual's parser, without its errors, and with an end to each paste.

    alt_keys: keys with Alt that the settings give to actions. A terminal sends Alt and a letter as
    Escape and that letter; any other is taken for these two, typed fast.
    """

    alt_keys: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._tail = ""
        self._pasting = False
        self._latest = monotonic()

    def feed(self, data: str) -> Iterable[Message]:
        self._latest = monotonic()
        # A mark may have come in two pieces.
        for mark in _PASTE.findall(self._tail + data):
            self._pasting = mark == "0"
        self._tail = data[1 - len(_PASTE_END) :]
        yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        yield from super().tick()
        if self._pasting and monotonic() - self._latest > _PATIENCE:
            yield from self.feed(_PASTE_END)

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        try:
            found = list(super()._sequence_to_key_events(sequence, alt))
            if not alt or sequence in _OPENS or {key.key for key in found} & self.alt_keys:
                return found
            # Escape, and a key so soon after it that a terminal could have sent both for one.
            return [events.Key("escape", "\x1b"), *super()._sequence_to_key_events(sequence)]
        except (ValueError, OverflowError):  # no number, or no character's
            return [events.Key(Keys.Ignore, None)]


def _lenient(encoding: str) -> Callable[[], Bytes]:
    strict = _strict_decoder(encoding)
    return lambda: Bytes(strict(errors="replace").decode)


_strict_decoder: Any = getattr(linux_driver, "getincrementaldecoder", None)
if _strict_decoder is not None:
    linux_driver.getincrementaldecoder = _lenient  # type: ignore[attr-defined, assignment]
if hasattr(linux_driver, "XTermParser"):
    linux_driver.XTermParser = Parser


class _Screen:
    """A terminal to write to. Once it is gone, what is written is dropped, and nobody waits."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class TerminalDriver(LinuxDriver):
    """Textual's driver for terminals, but whatever comes from one never ends the app.

    starts: how often it has taken over the terminal, and found an empty screen.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._file = cast(Any, _Screen(sys.__stderr__ or sys.stderr))
        self._running = False
        self.starts = 0

    def start_application_mode(self) -> None:
        if self._running:  # stopped by SIGSTOP, which nobody hears of, and now continued
            self.suspend_application_mode()
            self._must_signal_resume = True
        self.starts += 1
        Parser.alt_keys = getattr(self._app, "alt_keys", frozenset())
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # It may have found that the terminal belongs to another program now.
        self._running = self._writer_thread is not None and self._writer_thread.is_alive()

    def stop_application_mode(self) -> None:
        if self._running:
            self._running = False
            self.write("\x1b[?1016l")  # mouse reports in pixels, where they were asked for
            super().stop_application_mode()

    def run_input_thread(self) -> None:
        for fault in range(_FAULTS):
            try:
                return super().run_input_thread()
            except (OSError, GoneError):
                self._app.call_later(partial(_gone, self._app))
                return None
            except Exception as error:
                # What was read is lost, and what comes next is a key again.
                if fault == _FAULTS - 1:
                    self._app.call_later(partial(self._app._handle_exception, error))
                if self.exit_event.wait(0.05):
                    return None
        return None


def _gone(app: Any) -> None:
    app.exit(return_code=128 + signal.SIGHUP)
