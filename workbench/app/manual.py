"""The manual as a screen: a list of pages to search, and the current page."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Markdown, OptionList
from textual.widgets.option_list import Option

from workbench.adapters.manual import INDEX, Page, without_pictures
from workbench.app.bars import KeyBar, TopBar
from workbench.app.bindings import key
from workbench.app.dialogs import Menu
from workbench.app.line import LineInput
from workbench.app.styles import text_styles

_KEYS = (
    ("/", "find"),
    ("enter", "open"),
    ("j k", "scroll"),
    ("l", "links"),
    ("tab", "list"),
    ("esc", "back"),
    ("⌫", "last page"),
    ("[", "before"),
    ("]", "next"),
    ("?", "help"),
)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


def page_for(screen: Screen[Any], pages: Sequence[Page]) -> str:
    """Return the name of the page about a screen: that of its room, if there is one."""
    room = type(screen).__module__.split(".")[2]
    return room if any(page.name == room for page in pages) else INDEX


class ManualScreen(Screen[None]):
    """The pages of the manual; a link leads to another page, one to the web is only named."""

    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("manual", "slash", "find", "Find", "Find pages by words"),
        key("manual", "j", "scroll(1)", "Down", "Scroll down"),
        key("manual", "k", "scroll(-1)", "Up", "Scroll up"),
        key(
            "manual",
            "ctrl+d,space",
            "half(1)",
            "Half a page down",
            "Scroll half a page down",
            name="half-down",
        ),
        key(
            "manual",
            "ctrl+u",
            "half(-1)",
            "Half a page up",
            "Scroll half a page up",
            name="half-up",
        ),
        key("manual", "g", "scroll(-99999)", "Top", "Top of the page"),
        key("manual", "G", "scroll(99999)", "Bottom", "Bottom of the page"),
        key("manual", "right_square_bracket", "step(1)", "Next page", "The next page", name="next"),
        key(
            "manual",
            "left_square_bracket",
            "step(-1)",
            "Previous page",
            "The page before this one",
            name="before",
        ),
        key(
            "manual",
            "backspace",
            "last",
            "Last page",
            "Back to the page you read before",
            name="last",
        ),
        key("manual", "l", "links", "Links", "Follow a link of this page"),
        key("manual", "tab", "pane", "List or page", "Switch between list and page", name="pane"),
        key("manual", "escape", "back", "Back", "Clear the search, or leave"),
        key("manual", "q,M", "leave", "Leave", "Leave the manual"),
    ]
    DEFAULT_CSS = """
    ManualScreen { background: $background; color: $foreground; }
    ManualScreen Horizontal { height: 1fr; }
    ManualScreen #contents { width: 24; background: $surface; }
    ManualScreen #contents Input { background: $surface; padding: 0 1; }
    ManualScreen OptionList {
        height: 1fr; border: none; background: $surface; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    ManualScreen OptionList:focus { border: none; }
    ManualScreen VerticalScroll { width: 1fr; scrollbar-size-vertical: 1; }
    ManualScreen Markdown { padding: 0 2; background: $background; }
    ManualScreen MarkdownFence { color: $foreground; background: $surface; }
    ManualScreen MarkdownFence > Label { width: 1fr; padding: 0 1; }
    """

    def __init__(self, pages: Sequence[Page], first: str = INDEX) -> None:
        """first: the name of the page that is shown."""
        super().__init__()
        self._pages = {page.name: page for page in pages}
        self._listed = list(pages)
        self._page = self._pages[first]
        self._read: list[str] = []

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Horizontal():
            with Vertical(id="contents"):
                yield LineInput(placeholder="/ find a page", compact=True)
                yield OptionList()
            with VerticalScroll():
                yield Markdown(open_links=False)
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw_bar())
        self._list("")
        self._show(self._page)

    # ------------------------------------------------------------ the list

    def _list(self, words: str) -> None:
        """List the pages in which all words stand; those that have them in name or title first."""
        wanted = words.lower().split()
        named = {
            name: all(w in f"{name} {page.title} {page.summary}".lower() for w in wanted)
            for name, page in self._pages.items()
        }
        found = [p for p in self._pages.values() if all(w in p.text.lower() for w in wanted)]
        self._listed = [p for p in self._pages.values() if named[p.name]]
        self._listed += [p for p in found if not named[p.name]]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(Text(page.title)) for page in self._listed])
        self._mark()

    def _mark(self) -> None:
        """Put the cursor of the list on the page that is shown, or else on the first."""
        options = self.query_one(OptionList)
        place = self._listed.index(self._page) if self._page in self._listed else 0
        options.highlighted = place if self._listed else None

    def on_input_changed(self, event: Input.Changed) -> None:
        self._list(event.value)
        if event.value and self._listed:
            self.query_one(OptionList).highlighted = 0

    def on_input_submitted(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self._go(self._listed[place])
            self.query_one(VerticalScroll).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._go(self._listed[event.option_index])
        self.query_one(VerticalScroll).focus()

    # ------------------------------------------------------------ the page

    def _go(self, page: Page, anchor: str = "") -> None:
        """Show another page, from which one can come back to this. anchor: a section of it."""
        if page is not self._page:
            self._read.append(self._page.name)
        self._show(page, anchor)

    def _show(self, page: Page, anchor: str = "") -> None:
        self._page = page
        self._draw_bar()
        self._mark()
        # A long page takes half a second to be laid out; keys need not wait for it.
        self.run_worker(self._lay_out(page, anchor), exclusive=True, exit_on_error=False)

    async def _lay_out(self, page: Page, anchor: str) -> None:
        markdown = self.query_one(Markdown)
        if markdown.source != (text := without_pictures(page.text)):
            await markdown.update(text)
        self.query_one(VerticalScroll).scroll_home(animate=False)
        if anchor:  # once there is a layout, for a heading has no place before
            self.call_after_refresh(markdown.goto_anchor, anchor)

    def _draw_bar(self) -> None:
        above = Text.assemble(("manual  ", text_styles(self.app)["heading"]), self._page.title)
        self.query_one(TopBar).show(above, Text(self._page.summary))

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        event.stop()
        self._follow(event.href)

    def _follow(self, link: str) -> None:
        target, _, anchor = link.partition("#")
        page = self._pages.get(target.removesuffix(".md")) if target else self._page
        if page is None:
            self.notify(f"Not a page of the manual: {link}", markup=False)
        else:
            self._go(page, anchor)

    # ------------------------------------------------------------ keys

    def action_find(self) -> None:
        self.set_focus(self.query_one(Input))

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_half(self, by: int) -> None:
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=by * max(1, scroll.size.height // 2), animate=False)

    def action_step(self, by: int) -> None:
        names = list(self._pages)
        place = names.index(self._page.name) + by
        if 0 <= place < len(names):
            self._go(self._pages[names[place]])

    def action_last(self) -> None:
        if self._read:
            self._show(self._pages[self._read.pop()])

    def action_links(self) -> None:
        links = {link: words for words, link in _LINK.findall(self._page.text)}
        choices = [(link, Text(f"{words}  {link}")) for link, words in links.items()]

        def pick(link: str | None) -> None:
            if link is not None:
                self._follow(link)

        if choices:
            self.app.push_screen(Menu("Links of this page", choices), pick)

    def action_pane(self) -> None:
        scroll = self.query_one(VerticalScroll)
        self.set_focus(self.query_one(OptionList) if self.focused is scroll else scroll)

    def action_back(self) -> None:
        line = self.query_one(Input)
        if self.focused is line or line.value:
            line.value = ""
            self.set_focus(self.query_one(OptionList))
        else:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
