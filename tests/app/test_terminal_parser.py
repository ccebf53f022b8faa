"""What the keys of a terminal are, from the bytes that it sends."""

import pytest
from textual import events

from workbench.app.terminal import Parser


def keys(typed: str, alt_keys: frozenset[str] = frozenset()) -> list[str]:
    parser = Parser()
    parser.alt_keys = alt_keys  # type: ignore[misc]
    found = [*parser.feed(typed), *parser.feed("")]
    return [event.key for event in found if isinstance(event, events.Key)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("\x1bd", ["escape", "d"]),
        ("\x1b#", ["escape", "number_sign"]),
        ("\x1b/x", ["escape", "slash", "x"]),
        ("\x1bJ", ["escape", "J"]),
        ("\x1b[A", ["up"]),
        ("\x1bOR", ["f3"]),
    ],
)
def test_a_key_right_after_escape_is_one_of_its_own(typed, meant):
    assert keys(typed) == meant


def test_a_key_with_alt_that_the_settings_name_stays_one():
    assert keys("\x1bd", frozenset({"alt+d"})) == ["alt+d"]
