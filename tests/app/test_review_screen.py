"""The review screen, key by key."""

import asyncio
import json

import pytest
from conftest import ITEMS, switch
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.dom import DOMNode
from textual.events import Paste
from textual.widgets import Input, OptionList, Static, TextArea

from workbench.adapters.config.settings import Settings
from workbench.adapters.labels import journal_path, labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.bars import KeyBar
from workbench.app.dialogs import ConfirmPrompt
from workbench.app.edit import EditScreen
from workbench.app.help import HelpScreen, commands_of
from workbench.app.keymap import key_problems
from workbench.app.later import import_screens
from workbench.app.review.finder import ORDERS, _Cursor
from workbench.app.review.keys import BINDINGS
from workbench.app.review.owner import Owner, What
from workbench.app.review.quick import QUICK
from workbench.app.review.screen import ReviewScreen
from workbench.core.review.search import parse_search
from workbench.jobs.analyst import Analyst
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
    return app.screen.detail.plain


async def test_accept_and_reject_go_to_the_next_unreviewed_sample(open_app, dataset):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("a", "x")
        assert review.row == 2
        assert told(pilot.app) == ["Rejected #1 · u to undo"]
        await pilot.press("g", "J")
        assert review.row == 2
    assert decisions(dataset) == {0: "accepted", 1: "rejected"}


@pytest.mark.exhaustive
async def test_undo_goes_back_through_all_decisions_also_after_a_restart(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("a", "x", "s", "u")
        assert pilot.app.review.row == 2
    async with open_app() as pilot:
        assert pilot.app.review.row == 2
        await pilot.press("backspace")
        assert pilot.app.review.row == 1
        await pilot.press("u", "u")
        assert told(pilot.app)[-1] == "Nothing to undo."
        await pilot.press("U")
        assert told(pilot.app)[-1] == "Redone: #0 accepted."
        await pilot.press("g", "x", "u")
        assert told(pilot.app)[-1] == "Undone: #0 is accepted again."
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


async def test_f_shows_the_fixes_and_a_accepts_the_fixed_sample(open_app):
    async with open_app() as pilot:
        await pilot.press("j", "f")
        assert pilot.app.review.label(1) is None
        await pilot.press("a")
        await pilot.pause()
        label = pilot.app.review.label(1)
        assert (label.decision, label.how) == ("accepted", "fix")
        assert label.edited.answers[0].arguments["areaId"] == 4
        assert told(pilot.app) == ["Fixed and accepted #1 · u to undo"]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("5", "Accepted #0 with your edit · u to undo"),
        ("4", "Accepted #0 with your edit · 1 warning left · u to undo"),
        ("", "Accepted #0 · 1 warning left · u to undo"),
    ],
    ids=["put right", "still wrong", "unchanged"],
)
async def test_what_an_edit_leaves_wrong_is_told_when_it_is_saved(open_app, dataset, keys, words):
    items = [switch("Set the driver's fan to 5, please", "HVAC_FAN_SPEED", 3, 1), ITEMS[2]]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    async with open_app() as pilot:
        await pilot.press("e", *keys, "f10")
        await pilot.pause()
        assert told(pilot.app) == [words]


async def test_a_sample_without_fixes_says_so(open_app):
    async with open_app() as pilot:
        await pilot.press("f")
        assert told(pilot.app) == ["No automatic fix here; press e to edit."]


async def test_many_are_decided_by_one_question_and_undone_by_one_key(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("R")
        assert "R rejects them" in told(pilot.app)[-1]
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


@pytest.mark.exhaustive
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


@pytest.mark.exhaustive
async def test_a_quick_filter_is_picked_from_a_menu(open_app, until_true):
    async with open_app(verified=True) as pilot:
        await pilot.press("F", *"failing, d", "enter")
        await until_true(pilot, lambda: list(pilot.app.review.view) == [3, 5])


async def test_the_menu_of_quick_filters_counts_what_each_would_show(open_app, until_true):
    async with open_app(verified=True) as pilot:
        await pilot.press("a", "F")
        options = pilot.app.screen.query_one(OptionList)

        def counts():
            return [str(option.prompt).split()[-1] for option in options.options]

        await until_true(pilot, lambda: all(count.isdigit() for count in counts()))
        review = pilot.app.review
        for one, count in zip(QUICK, counts(), strict=True):
            search = review.read_search(one.search)
            shown = [row for row in range(7) if review.matches(row, search)]
            assert int(count) == len(shown), one.words


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
        assert "No sample here to copy." in told(pilot.app)
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
        options = pilot.app.screen.query_one(OptionList)
        await pilot.press("pagedown", "pagedown")
        assert options.highlighted > 10
        await pilot.press("pageup", "pageup")
        assert options.highlighted == 0
        await pilot.press(*"reject this", "enter")
        await until_true(pilot, lambda: pilot.app.review.progress().rejected == 1)


async def test_every_key_has_a_name_and_an_explanation_and_is_free_in_terminals(open_app):
    taken = {f"ctrl+{letter}" for letter in "himsaboe"} | {
        "ctrl+enter",
        "ctrl+left_square_bracket",
    }
    async with open_app() as pilot:
        for node in (pilot.app.screen, pilot.app):
            for key, binding in node._bindings:
                assert key not in taken
                assert not key.startswith("alt+")
                assert not binding.tooltip or binding.id


async def test_each_key_of_the_review_has_one_owner_that_acts(open_app):
    async with open_app() as pilot:
        screen = pilot.app.screen
        names = ("finder", "ending", "decider", "undoing", "edits", "marking", "opinions")
        owners = (screen, *(getattr(screen, name) for name in names))
        for action in {binding.action.split("(")[0] for binding in BINDINGS}:
            if not action.startswith("app."):
                homes = [one for one in owners if hasattr(type(one), f"action_{action}")]
                assert len(homes) == 1, action
                assert callable(getattr(screen, f"action_{action}"))


async def test_what_is_in_sight_is_verified_first(open_app, dataset, monkeypatch):
    items = json.loads(dataset.read_text(encoding="utf-8"))
    dataset.write_text(json.dumps(items[:1] * 90), encoding="utf-8")
    preferred = []
    start = Analyst.start

    async def started(*args, **options):
        preferred.append(list(options["prefer"]))
        return await start(*args, **options)

    monkeypatch.setattr(Analyst, "start", started)
    monkeypatch.setattr(Analyst, "prefer", lambda _, rows: preferred.append(list(rows)))
    async with open_app(verified=True) as pilot:
        assert preferred[0] == list(range(37))
        monkeypatch.setattr(type(pilot.app.screen.helper), "all_verified", False)
        await pilot.press("G")
        await pilot.pause()
        assert preferred[-1] == list(range(53, 90))


def test_news_takes_the_place_of_what_says_less():
    def replaced(before, after):
        return Owner.Changed(before).can_replace(Owner.Changed(after))

    assert replaced(What.BAR, What.LINES)
    assert replaced(What.CURSOR, What.CURSOR | What.LINES)
    assert not replaced(What.CURSOR, What.ALL)
    assert not replaced(What.SAMPLE | What.LINES, What.LINES)


async def test_escape_never_quits(open_app):
    async with open_app() as pilot:
        await pilot.press("escape", "escape", "escape")
        assert pilot.app.is_running
        assert isinstance(pilot.app.screen, ReviewScreen)


async def test_a_second_workbench_reads_only_and_says_who_holds_the_labels(open_app, dataset):
    with open_labels(labels_path(dataset), "bo"):
        async with open_app() as pilot:
            assert "read only" in str(pilot.app.screen.query_one("TopBar", Static).render())
            assert any("has had these labels open since" in message for message in told(pilot.app))
            await pilot.press("a")
            await pilot.pause()
            assert pilot.app.review.progress().accepted == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_keys_below_are_never_cut_off(open_app, size):
    async with open_app(size=size) as pilot:
        bar = str(pilot.app.screen.query_one("KeyBar", Static).render())
        assert bar.endswith("? more" if size[0] == 80 else "? help")  # whether some are left out
        assert len(bar) <= size[0] - 2


async def test_a_text_is_scrolled_to_its_ends_and_by_pages(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("p")
        await pilot.pause()
        scroll = pilot.app.screen.query_one(VerticalScroll)
        bottom = scroll.max_scroll_y
        assert bottom > 40
        for keys, wanted in {
            ("G",): bottom,
            ("g",): 0,
            ("end",): bottom,
            ("home",): 0,
            ("pagedown",): scroll.size.height - 1,
            ("pageup",): 0,
        }.items():
            await pilot.press(*keys)
            await pilot.pause()
            assert scroll.scroll_offset.y == wanted


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
        assert strip.text.startswith(" A")


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


@pytest.mark.parametrize(
    ("word", "screen"),
    [("more", HelpScreen), ("edit", EditScreen), ("  ", ReviewScreen)],
    ids=["help", "edit", "the gap"],
)
async def test_a_click_on_a_key_in_the_bar_is_that_key_pressed(open_app, until_true, word, screen):
    async with open_app(size=(80, 24)) as pilot:
        bar = pilot.app.screen.query_one(KeyBar)
        await pilot.click(
            bar, offset=(str(bar.content).index(word) + (2 if word.strip() else 1), 0)
        )
        await until_true(pilot, lambda: isinstance(pilot.app.screen, screen))


def test_no_line_of_the_help_is_cut_in_120_columns():
    import_screens()
    texts = {binding.tooltip for binding in own_bindings(DOMNode)}
    assert len(texts) > 60
    assert not {text for text in texts if len(text) > 46}


def own_bindings(kind):
    for child in kind.__subclasses__():
        yield from own_bindings(child)
    if kind.__module__.startswith("workbench."):
        yield from (one for one in kind.__dict__.get("BINDINGS", ()) if isinstance(one, Binding))


@pytest.mark.parametrize("size", [(80, 24), pytest.param((60, 20), marks=pytest.mark.exhaustive)])
async def test_nothing_in_the_help_is_cut(open_app, size):
    async with open_app(size=size) as pilot:
        commands = list(commands_of(pilot.app.screen))
        await pilot.press("question_mark")
        await pilot.pause()
        options = pilot.app.screen.query_one(OptionList)
        for command, option in zip(commands, options.options, strict=True):
            lines = option.prompt.plain.splitlines()
            assert max(map(len, lines)) <= options.scrollable_content_region.width
            words = " ".join(option.prompt.plain.split())
            assert words == f"{command.keys} {command.name} {command.does}"


async def test_what_was_told_does_not_lie_over_the_search_line(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("A", "slash")
        assert told(pilot.app) == []


async def test_keys_are_told_as_the_settings_have_them(open_app):
    keys = {"review.accept": "z", "review.undo": "f5", "app.help": "f2", "review.fixes": "f6"}
    settings = Settings(keys=keys)
    async with open_app(settings=settings) as pilot:
        commands = {command.name: command.keys for command in commands_of(pilot.app.screen)}
        assert (commands["Accept"], commands["Undo"], commands["Help"]) == ("z", "f5", "f2")
        bar = str(pilot.app.screen.query_one("KeyBar", Static).render())
        assert bar.startswith("z accept")
        assert bar.endswith("f2 help")
        await pilot.press("z")
        assert "Accepted #0 · f5 to undo" in told(pilot.app)
        await pilot.press("j", "j")
        assert "f6 value: 7 → " in detail(pilot.app)


@pytest.mark.parametrize("width", [12, 40, 60])
async def test_the_help_is_the_last_key_to_go_where_there_is_little_room(open_app, width):
    async with open_app(size=(width, 10)) as pilot:
        bar = str(pilot.app.screen.query_one("KeyBar", Static).render())
        assert bar.endswith("? more")
        assert len(bar) <= width - 2


async def test_an_edit_is_kept_though_its_sample_has_left_the_list_meanwhile(open_app, until_true):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("j", "e")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, EditScreen))
        review.show([3, 4], parse_search("fog"))
        await pilot.press("right", "f10")
        await until_true(pilot, lambda: isinstance(pilot.app.screen, ReviewScreen))
        assert review.label(1).how == "edit"
        assert (review.row, review.label(4)) == (4, None)


async def test_a_reason_is_for_the_sample_it_was_asked_for(open_app):
    async with open_app() as pilot:
        review = pilot.app.review
        await pilot.press("j", "r")
        review.show([3, 4], parse_search("fog"))
        await pilot.press("1")
        await pilot.pause()
        assert review.label(1).reason == "wrong property"
        assert review.label(3) is None


async def test_there_is_one_search_line_and_escape_closes_it_from_anywhere(open_app):
    async with open_app() as pilot:
        screen = pilot.app.screen
        await pilot.press("slash")
        await pilot.click("#samples")
        await pilot.press("slash", *"fog")
        assert screen.query_one("#search Input", Input).value == "fog"
        await pilot.click("#samples")
        await pilot.press("escape")
        await pilot.pause()
        assert not screen.query("#search")


async def test_the_cursor_stays_on_its_sample_while_a_search_is_under_way(open_app, until_true):
    async with open_app() as pilot:
        review = pilot.app.review
        cursor = _Cursor(review, in_order=True)
        review.move(4)
        cursor = _Cursor(review, in_order=True)
        for found in ([0], [0, 1], [0, 1, 4], [0, 1, 4, 6]):
            cursor.show(found, parse_search("x"))
        assert review.row == 4
        cursor.show([0], parse_search("x"))
        await pilot.press("g")
        cursor.show([0, 1, 4], parse_search("x"))
        assert review.row == 4  # it was moved to where it was


@pytest.mark.exhaustive
async def test_an_order_under_way_is_stopped_by_escape(open_app, until_true, monkeypatch):
    asked = []

    async def never(self, by, on_progress):
        on_progress(3, 7)
        try:
            await asyncio.sleep(60)
        finally:
            asked.append(by)

    async with open_app(verified=True) as pilot:
        monkeypatch.setattr("workbench.jobs.analyst.Analyst.order", never)
        down = list(ORDERS).index("similarity")
        await pilot.press("o", *("j" * down), "enter")
        bar = pilot.app.screen.query_one("TopBar", Static)
        await until_true(pilot, lambda: "similarity 43%, esc stops" in str(bar.render()))
        monkeypatch.setattr("workbench.app.typed_ahead._STUCK", 1000)  # other keys would wait
        monkeypatch.setattr("workbench.app.typed_ahead._LONGEST", 1000)
        await pilot.press("escape", "a")
        await until_true(pilot, lambda: asked == ["similarity"])
        assert pilot.app.review.label(0).decision == "accepted"
        assert pilot.app.screen.finder.order == "file"
        assert "ordering" not in str(bar.render())


@pytest.mark.exhaustive
async def test_a_second_workbench_follows_what_the_first_decides(open_app, dataset, until_true):
    with open_review(dataset, CatalogFiles(), reviewer="bo") as first:
        async with open_app() as pilot:
            bar = pilot.app.screen.query_one("TopBar", Static)
            first.decide(0, "rejected", reason="too odd")
            await until_true(pilot, lambda: "1 rejected" in str(bar.render()))
            assert "too odd" in detail(pilot.app)
            await pilot.press("u", "x", "r", "c")
            assert isinstance(pilot.app.screen, ReviewScreen)
            assert all("Read-only: " in message for message in told(pilot.app))


@pytest.mark.exhaustive
async def test_labels_that_another_workbench_lets_go_can_be_written_here(
    open_app, dataset, until_true
):
    with open_review(dataset, CatalogFiles(), reviewer="bo") as first:
        async with open_app() as pilot:
            first.decide(0, "rejected")
            first.close()
            await until_true(pilot, lambda: "You can decide here now" in told(pilot.app)[-1])
            assert "read only" not in str(pilot.app.screen.query_one("TopBar", Static).render())
            await pilot.press("g", "a")
            assert pilot.app.review.label(0).decision == "accepted"


async def test_in_a_read_only_folder_samples_are_read_and_the_remedy_is_said(open_app, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    async with open_app() as pilot:
        assert "--labels FILE keeps decisions elsewhere" in told(pilot.app)[0]
        await pilot.press("j", "a")
        assert "--labels FILE" in told(pilot.app)[-1]
        assert pilot.app.review.progress().reviewed == 0


async def test_more_than_one_chunk_is_decided_without_holding_up_keys(
    open_app, dataset, until_true, monkeypatch
):
    monkeypatch.setattr("workbench.app.review.decider.CHUNK", 2)
    async with open_app() as pilot:
        await pilot.press("asterisk", "A", "y")
        await until_true(pilot, lambda: pilot.app.review.progress().accepted == 6)
        assert told(pilot.app)[-1] == "Accepted 6 samples · u to undo all of it"
        pilot.app.screen.decider.saving = "accepting 6 samples"
        await pilot.press("x", "u")
        assert told(pilot.app)[-1] == "Wait a moment: accepting 6 samples."
        assert pilot.app.review.progress().accepted == 6
    assert len(decisions(dataset)) == 6


async def test_a_number_to_be_typed_is_asked_for_until_it_is_right(open_app, monkeypatch):
    monkeypatch.setattr("workbench.app.review.decider._TYPED_ABOVE", 3)
    async with open_app() as pilot:
        await pilot.press("asterisk", "A", *"5", "enter")
        hint = str(pilot.app.screen.query_one(".hint", Static).render())
        assert "That is not 7." in hint
        await pilot.press("backspace", "7", "enter")
        await pilot.pause()
        assert pilot.app.review.progress().accepted == 6


async def test_a_change_of_theme_repaints_every_text(open_app):
    async with open_app() as pilot:

        def colours():
            strips = pilot.app.screen._compositor.render_strips()
            styles = [segment.style for strip in strips for segment in strip if segment.style]
            return {style.color.name for style in styles if style.color}

        before = colours()
        await pilot.press("ctrl+t")
        await pilot.pause()
        assert not before & colours()


@pytest.mark.exhaustive
async def test_a_comment_with_something_hidden_is_edited_by_its_escapes(open_app):
    async with open_app() as pilot:
        review = pilot.app.review
        review.annotate(0, note="odd\x1b[2J\u202e")
        await pilot.press("c")
        await pilot.pause()
        assert pilot.app.screen.query_one(Input).value == "odd\\u001b[2J\\u202e"
        await pilot.press("end", "!", "enter")
        await pilot.pause()
        assert review.label(0).note == "odd\x1b[2J\u202e!"


async def test_what_is_pasted_into_a_line_is_visible(open_app):
    async with open_app() as pilot:
        await pilot.press("slash")
        pilot.app.screen.query_one(Input).post_message(Paste("fog\x1b[2J\nlights"))
        await pilot.pause()
        assert pilot.app.screen.query_one(Input).value == "fog\\u001b[2J lights"


async def test_a_journal_damaged_long_ago_is_said_when_undo_comes_to_it(open_app, dataset):
    async with open_app() as pilot:
        await pilot.press("a", "x")
    journal = journal_path(labels_path(dataset))
    async with open_app() as pilot:
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(lines[0] + b"?" * (len(lines[1]) - 1) + b"\n" + lines[2])
        await pilot.press("u", "u")
        assert "is not a label event" in told(pilot.app)[-1]
        assert pilot.app.review.label(0).decision == "accepted"


async def test_a_click_below_the_last_sample_goes_nowhere(open_app):
    async with open_app() as pilot:
        await pilot.click("#samples", offset=(5, 2))
        assert pilot.app.review.row == 2
        await pilot.click("#samples", offset=(5, 20))
        assert pilot.app.review.row == 2


@pytest.mark.exhaustive
async def test_labels_of_samples_that_are_gone_are_told(open_app, dataset, until_true):
    async with open_app() as pilot:
        await pilot.press("a", "x", "a")
    items = json.loads(dataset.read_text(encoding="utf-8"))
    dataset.write_text(json.dumps([items[0], items[3]]), encoding="utf-8")
    async with open_app(verified=True) as pilot:
        await until_true(pilot, lambda: told(pilot.app))
        assert told(pilot.app)[0].startswith("2 labels are for samples no longer in this dataset")
        assert pilot.app.review.progress().left == 1


async def test_a_wider_terminal_gets_whole_words_above_too(open_app):
    async with open_app(size=(80, 24)) as pilot:
        bar = pilot.app.screen.query_one("TopBar", Static)
        assert "0 acc  " in str(bar.render())
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert "0 accepted  " in str(bar.render())


async def test_what_stays_as_it_was_in_the_car_is_said(open_app):
    async with open_app() as pilot:
        assert "temperature FL: already 22 °C" in detail(pilot.app)


async def test_what_is_typed_stays_where_it_cannot_be_saved(open_app, dataset, tmp_path):
    journal = journal_path(labels_path(dataset))
    async with open_app() as pilot:
        await pilot.press("a", "g")
        journal.rename(tmp_path / "aside")
        await pilot.press("e")
        await pilot.pause()
        form = pilot.app.screen
        form.query_one("#query", TextArea).text = "Typed at length"
        await pilot.pause()
        await pilot.press("f10")
        await pilot.pause()
        assert pilot.app.screen is form
        assert form.draft.query == "Typed at length"
        assert told(pilot.app)[-1].startswith(str(journal))
        assert pilot.app.review.label(0).edited is None
        (tmp_path / "aside").rename(journal)
        await pilot.press("f10")
        await pilot.pause()
        assert pilot.app.review.label(0).edited.query == "Typed at length"


@pytest.mark.parametrize("key", ["c", "t", "r"])
async def test_a_line_that_cannot_be_saved_is_asked_for_again_as_typed(
    open_app, dataset, tmp_path, key
):
    journal = journal_path(labels_path(dataset))
    async with open_app() as pilot:
        await pilot.press("a")
        journal.rename(tmp_path / "aside")
        await pilot.press(key, *"odd words", "enter")
        await pilot.pause()
        assert pilot.app.screen.query_one(Input).value == "odd words"
        assert pilot.app.review.label(1) is None
        (tmp_path / "aside").rename(journal)
        await pilot.press("enter")
        await pilot.pause()
        label = pilot.app.review.label(1)
        assert "odd words" in (label.note, label.reason, *label.tags)


async def test_many_are_decided_on_what_a_search_under_way_will_find(
    open_app, dataset, until_true, monkeypatch
):
    monkeypatch.setattr("workbench.app.review.decider._TYPED_ABOVE", 3)
    monkeypatch.setattr("workbench.jobs.review.view.CHUNK", 1)
    async with open_app() as pilot:
        await pilot.press("a")
        pilot.app.screen.finder.search("decision:none,skipped")
        # Before anything is found: `pilot.press` would wait until then.
        pilot.app.screen.action_mark_all()
        pilot.app.screen.action_accept_all()
        await until_true(pilot, lambda: isinstance(pilot.app.screen, ConfirmPrompt))
        assert len(pilot.app.review.marks) == 5
        await pilot.press(*"5", "enter")
        await until_true(pilot, lambda: pilot.app.review.progress().accepted == 6)
    assert len(decisions(dataset)) == 6


async def test_a_look_for_near_duplicates_shows_that_it_is_under_way_and_can_be_stopped(
    open_app, until_true, monkeypatch
):
    ended = asyncio.Event()

    async def near(*_):
        await ended.wait()
        return []

    monkeypatch.setattr(Analyst, "near", near)
    async with open_app(verified=True) as pilot:
        for ends in (lambda: pilot.press("escape"), ended.set):
            await pilot.press("d")
            finder, bar = pilot.app.screen.finder, pilot.app.screen.bar
            await until_true(pilot, lambda bar=bar: "comparing #0" in str(bar.render()))
            end = ends()
            if end is not None:
                await end
            await until_true(pilot, lambda finder=finder: not finder.comparing)
        assert any("No sample has nearly the same query" in words for words in told(pilot.app))


async def test_keys_in_the_settings_that_mean_nothing_are_said(open_app, until_true):
    keys = {
        "review.acept": "z",
        "review.reject": "ctrl+i,Z",
        "review.skip": "hyperspace",
        "review.undo": "f7,f6,ctrl+up,question_mark,?",
        "generate.stop": "ctrl+y",
    }
    assert key_problems(keys) == [
        "Settings, keys: there is no action review.acept; did you mean review.accept?",
        "Settings, keys: review.reject = “ctrl+i,Z”: terminals cannot tell ctrl+i from tab.",
        "Settings, keys: review.skip = “hyperspace”: there is no key hyperspace.",
    ]
    assert key_problems({"review.reject": "a", "review.skip": "f7", "review.undo": "f7,u"}) == [
        "Settings, keys: a is on review.reject, so not on review.accept.",
        "Settings, keys: f7 is on review.skip, so not on review.undo.",
    ]
    assert key_problems({"review.accept": "x", "review.reject": "a"}) == []
    async with open_app(settings=Settings(keys={"review.acept": "z"})) as pilot:
        await until_true(pilot, lambda: any("review.accept?" in words for words in told(pilot.app)))
