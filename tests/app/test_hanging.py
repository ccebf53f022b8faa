"""Text that goes on under where it began."""

from rich.console import Console
from rich.text import Text

from workbench.app.hanging import hang


def wrapped(text, width):
    return hang(Text(text), width, Console(width=width)).plain.split("\n")


def test_a_line_goes_on_under_its_indent():
    assert wrapped("   one two three four five six", 27) == ["   one two three four five", "   six"]


def test_what_stands_behind_a_tab_has_a_column():
    lines = wrapped("   area\tone two three four five six", 38)
    assert lines == ["   area       one two three four five", " " * 14 + "six"]


def test_in_a_narrow_place_it_is_below_what_comes_before_the_tab():
    lines = wrapped("label\tone two three four five six", 20)
    assert lines == ["label", "  one two three four", "  five six"]


def test_no_line_is_wider_than_the_place():
    for width in range(8, 60):
        assert max(map(len, wrapped("label\t/a/path/without/a/single/space/in/it", width))) <= width


def test_empty_lines_and_styles_stay():
    text = hang(Text.assemble(("a", "bold"), "\n\n", ("b", "red")), 30, Console(width=30))
    assert text.plain == "a\n\nb"
    assert [span.style for span in text.spans] == ["bold", "red"]
