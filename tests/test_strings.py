"""What users read is in plain English, and the list of it is whole.

Files of data are not looked through: what they say of people is about those in the car.
"""

import re

import pytest

from tests.strings import Passage, advised_against, docs, pages, strings, wrong_words
from workbench.cli import _COMMANDS

SHOWN = [
    ("workbench/cli/__init__.py", "Fine-tune a model on the training records."),  # of the help
    ("workbench/cli/labels.py", "Someone else's labels: an export (JSONL) or a labels file."),
    ("workbench/cli/console.py", "… and {…} more items that are not samples"),  # an f-string
    ("workbench/app/review/keys.py", "Accept"),  # one word, of a key
    ("workbench/jobs/demo.py", "Part of the request is not done."),
]


def test_no_text_for_users_has_a_word_that_the_glossary_advises_against():
    shown = [*strings(), *(one for one in pages() if not one.file.startswith("data/"))]
    wrong = [wrong for one in shown for wrong in wrong_words(one)]
    assert not wrong, "\n".join(wrong)


def test_nor_do_docstrings_and_comments():
    wrong = [wrong for one in docs() for wrong in wrong_words(one)]
    assert not wrong, "\n".join(wrong)


def test_a_word_is_found_in_any_case_across_lines_and_only_as_a_whole():
    text = "Read it.\nIt was\nMade\nagain, of amended ones."
    assert wrong_words(Passage("a.py", 7, text)) == ["a.py:9: Made\nagain"]


def test_no_advice_is_itself_advised_against():
    assert len(advised_against()) > 30
    advice = [Passage("", 0, better) for better in advised_against().values()]
    assert [wrong for one in advice for wrong in wrong_words(one)] == []


def test_strings_are_listed_with_those_that_are_put_together_and_the_help_of_commands():
    found = list(strings())
    assert set(SHOWN) <= {(one.file, one.text) for one in found}
    texts = [one.text for one in found if one.file == "workbench/cli/verify.py"]
    assert any(text.startswith("Check every sample: its format") for text in texts)
    assert not any(text.startswith("Print a sample with its findings") for text in texts)


@pytest.mark.parametrize("file", ["README.md", "workbench/manual/review.md", "data/policy.toml"])
def test_pages_are_listed(file):
    assert any(one.file == file for one in pages())


def test_the_line_of_each_command_fits_the_help_of_80_columns():
    beside = 4 + max(map(len, _COMMANDS))
    assert [words for words in _COMMANDS.values() if len(words) > 78 - beside] == []


def test_words_quoted_on_screens_stand_in_one_kind_of_quotes():
    """Those that are part of a command, or of what a file says, are straight."""
    straight = re.compile(r"(?<![\w(])'\{…\}'|\"\{…\}\"")
    found = [
        one for one in strings("app", "core/review", "jobs/review") if straight.search(one.text)
    ]
    assert not found, found
