"""The review screen, key by key."""

import json

import pytest
from textual.widgets import Input, Static
from textual.widgets._footer import FooterKey

from workbench.adapters.catalogs import CatalogFiles
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.settings import Settings
from workbench.app.edit import EditScreen
from workbench.app.help import HelpScreen, commands_of
from workbench.app.review.screen import ReviewScreen
from workbench.jobs.review import open_review


def decisions(dataset):
    """The decisions on disk, by the row of their sample."""
    review = open_review(dataset, CatalogFiles())
    labels = {row: review.label(row) for row in range(len(review.raw))}
    review.close()
    return {row: label.decision for row, label in labels.items() if label}


def told(app):
    return [notification.message for notification in app._notifications]


def detail(app):
    return str(app.screen.query_one("#sample", Static).render())


async def test_accept_and_reject_go_to_the_next_unreviewed_sample(open_app, dataset):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("a", "x")
        assert review.row == 2
        assert told(pilot.app) == ["Rejected #1. u undoes."]
        await pilot.press("g", "J")
        assert review.row == 2
    assert decisions(dataset) == {0: "accepted", 1: "rejected"}


async def test_undo_goes_back_through_all_decisions_also_after_a_restart(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("a", "x", "s", "u")
        assert pilot.app.review.row == 2
    async with open_app() as pilot:
        assert pilot.app.review.row == 2
        await pilot.press("backspace")
        assert pilot.app.review.row == 1
        await pilot.press("u", "u")
        assert "There is nothing to undo." in told(pilot.app)
        await pilot.press("U")
    assert decisions(dataset) == {0: "accepted"}


async def test_a_reason_is_picked_by_a_digit_or_typed_or_left_out(open_app):
    async with open_app() as pilot:
        await pilot.press("r", "2")
        await pilot.press("r", *"odd", "enter")
        await pilot.press("r", "enter")
        await pilot.press("r", "escape")
        await pilot.pause()
        review = pilot.app.review
        assert [review.label(row).reason for row in (0, 1, 2)] == ["wrong place", "odd", ""]
        assert review.label(3) is None


async def test_f_shows_the_fixes_and_a_accepts_the_mended_sample(open_app):
    async with open_app() as pilot:
        await pilot.press("j", "f")
        assert pilot.app.review.label(1) is None
        await pilot.press("a")
        await pilot.pause()
        label = pilot.app.review.label(1)
        assert (label.decision, label.how) == ("accepted", "fix")
        assert label.edited.answers[0].arguments["areaId"] == 4


async def test_a_sample_without_fixes_says_so(open_app):
    async with open_app() as pilot:
        await pilot.press("f")
        assert told(pilot.app) == ["No finding of this sample has a fix; e edits it."]


async def test_many_are_decided_by_one_question_and_undone_by_one_key(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("A")
        assert "first; then this decides" in told(pilot.app)[-1]
        await pilot.press("space", "space", "A", "y")
        await pilot.pause()
        assert pilot.app.review.progress().accepted == 2
        assert not pilot.app.review.marks
        await pilot.press("u")
        assert pilot.app.review.progress().accepted == 0
    assert decisions(dataset) == {}


async def test_a_range_is_marked_between_two_keys(open_app):
    async with open_app() as pilot:
        await pilot.press("v", "j", "j", "v")
        assert pilot.app.review.marks == {0, 1, 2}
        await pilot.press("asterisk")
        assert len(pilot.app.review.marks) == 7
        await pilot.press("escape")
        assert not pilot.app.review.marks


async def test_a_search_filters_and_escape_clears_it(open_app, until_true):
    async with open_app(verified=True) as pilot:
        review = pilot.app.review
        await pilot.press("slash", *"verdict:fail", "enter")
        await until_true(pilot, lambda: list(review.view) == [3, 5])
        await pilot.press("escape")
        await until_true(pilot, lambda: len(review.view) == 7)
        await pilot.press("g", "n")
        assert review.row == 3


async def test_a_bad_term_is_explained_while_one_types_and_changes_nothing(open_app):
    async with open_app() as pilot:
        await pilot.press("slash", *"verdict:fial")
        await pilot.pause()
        hint = str(pilot.app.screen.query_one("#search Static", Static).render())
        assert "did you mean fail" in hint
        await pilot.press("enter")
        assert pilot.app.screen.query("#search")
        await pilot.press("escape")
        await pilot.pause()
        assert not pilot.app.screen.query("#search")
        assert len(pilot.app.review.view) == 7


async def test_a_quick_filter_is_picked_from_a_menu(open_app, until_true):
    async with open_app(verified=True) as pilot:
        await pilot.press("F", "j", "enter")
        await until_true(pilot, lambda: list(pilot.app.review.view) == [3, 5])


async def test_comment_and_tags_are_kept_with_the_sample(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("c", *"ask Bo", "enter", "t", *"hot, odd ,hot", "enter")
        await pilot.pause()
        assert "ask Bo" in detail(pilot.app)
    with open_labels(labels_path(dataset)) as store:
        [label] = store.items()
        assert (label.decision, label.note, label.tags) == (None, "ask Bo", ("hot", "odd"))


async def test_an_unusable_item_can_be_looked_at_and_not_decided(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("j", "j", "j", "j", "j")
        assert "unusable item" in detail(pilot.app)
        await pilot.press("a", "e", "y")
        assert "There is no sample here to copy." in told(pilot.app)
    assert decisions(dataset) == {}


async def test_text_that_a_model_wrote_is_shown_and_does_nothing(open_app):
    async with open_app() as pilot:
        await pilot.press("j", "j", "j", "j")
        shown = detail(pilot.app)
        assert "[red]red[/red] [/] [@click=app.quit]x[/]" in shown
        for hidden in "\x1b\x07\x9b\u202e\u200b\ufeff\x00\x7f":
            assert hidden not in shown
        for keys in (("r", "escape"), ("c", "escape"), ("a", "u"), ("slash", "x", "escape")):
            await pilot.press(*keys)
        assert pilot.app.is_running


async def test_help_lists_every_key_filters_and_runs_what_is_picked(open_app, until_true):
    async with open_app() as pilot:
        names = {command.name for command in commands_of(pilot.app.screen)}
        assert {"Accept", "Undo", "Search", "Help", "Near-duplicates", "Theme"} <= names
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press(*"reject this", "enter")
        await until_true(pilot, lambda: pilot.app.review.progress().rejected == 1)


async def test_every_key_has_a_name_and_an_explanation_and_is_free_in_terminals(open_app):
    taken = {f"ctrl+{letter}" for letter in "himsqaboe"} | {
        "ctrl+enter",
        "ctrl+left_square_bracket",
    }
    async with open_app() as pilot:
        for node in (pilot.app.screen, pilot.app):
            for key, binding in node._bindings:
                assert key not in taken
                assert not key.startswith("alt+")
                assert not binding.tooltip or binding.id


async def test_escape_never_quits(open_app):
    async with open_app() as pilot:
        await pilot.press("escape", "escape", "escape")
        assert pilot.app.is_running
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_a_second_workbench_reads_only_and_says_who_holds_the_labels(open_app, dataset):
    with open_labels(labels_path(dataset), "bo"):
        async with open_app() as pilot:
            assert "read only" in str(pilot.app.screen.query_one("TopBar", Static).render())
            assert any("open for reading only" in message for message in told(pilot.app))
            await pilot.press("a")
            await pilot.pause()
            assert pilot.app.review.progress().accepted == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_keys_below_are_never_cut_off(open_app, size):
    async with open_app(size=size) as pilot:
        bar = str(pilot.app.screen.query_one("KeyBar", Static).render())
        assert bar.endswith("? help")
        assert len(bar) <= size[0] - 2


async def test_copy_gives_json(open_app, monkeypatch):
    copied = []
    async with open_app() as pilot:
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        await pilot.press("y")
    assert json.loads(copied[0])["query"] == "Set my side to 22 degrees, please"


async def test_typing_into_a_prompt_decides_nothing(open_app):
    async with open_app() as pilot:
        await pilot.press("c", *"axs")
        assert pilot.app.screen.query_one(Input).value == "axs"
        await pilot.press("escape")
        assert pilot.app.review.progress().reviewed == 0


async def test_keys_and_reasons_are_the_user_s_to_set(open_app):
    settings = Settings(keys={"review.accept": "z"}, reasons=("too odd",))
    async with open_app(settings=settings) as pilot:
        await pilot.press("a", "z")
        await pilot.press("r", "1")
        await pilot.pause()
        review = pilot.app.review
        assert review.label(0).decision == "accepted"
        assert review.label(1).reason == "too odd"


async def test_ascii_signs_stand_in_for_glyphs(open_app):
    async with open_app(settings=Settings(ascii=True)) as pilot:
        await pilot.press("a")
        strip = pilot.app.screen.samples.render_line(0)
        assert strip.text.isascii()
        assert "acc" in strip.text


async def test_e_opens_the_form_and_saving_accepts_with_the_edit(open_app, until_true):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("j", "e")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, EditScreen))
        await pilot.press("right", "f10")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        label = review.label(1)
        assert (label.decision, label.how) == ("accepted", "edit")
        assert label.edited.answers != review.sample(1).answers
        assert review.row == 2


async def test_leaving_the_form_decides_nothing(open_app, until_true):
    async with open_app() as pilot:
        await pilot.press("e")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, EditScreen))
        await pilot.press("escape")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        assert pilot.app.review.label(0) is None


@pytest.mark.parametrize("keys", [("e",), ("O",), ("X",), ("ctrl+g",)])
async def test_the_keys_below_are_never_cut_off_on_other_screens_either(open_app, keys):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        last = strips[-1].text.rstrip()
        assert not isinstance(pilot.app.screen, ReviewScreen)
        assert len(last) < 80
        assert not last.endswith((" :", " : C"))
        for widget in pilot.app.screen.query(FooterKey):
            assert widget.region.right <= 80


async def test_a_key_in_the_help_has_one_line_also_in_80_columns(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        lines = [strip.text for strip in pilot.app.screen._compositor.render_strips()]
        assert "Accept" in lines[4]
        assert "Reject" in lines[5]


async def test_what_was_told_does_not_lie_over_the_search_line(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("A", "slash")
        assert told(pilot.app) == []
