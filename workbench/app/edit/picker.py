"""PropertyPicker: find a property by typing part of its name, label or description."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workbench.app.bindings import key
from workbench.app.dialogs import Dialog
from workbench.app.edit.value_input import ValueInput
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.property_search import find_properties
from workbench.core.text.excerpts import NAME, shown

_HINT = "Part of a name or description"


class PropertyPicker(Dialog[str | None]):
    """Dismissed with the name of the property picked, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("picker", "escape", "back", "Back", "Keep the property", name="leave"),
        Binding("down", "move('down')", "Down", show=False, priority=True, id="picker.down"),
        Binding("up", "move('up')", "Up", show=False, priority=True, id="picker.up"),
        Binding("pagedown", "move('page_down')", show=False, priority=True, id="picker.pagedown"),
        Binding("pageup", "move('page_up')", show=False, priority=True, id="picker.pageup"),
        Binding("home", "move('first')", show=False, priority=True, id="picker.first"),
        Binding("end", "move('last')", show=False, priority=True, id="picker.last"),
    ]

    DEFAULT_CSS = """
    PropertyPicker {
        & > Vertical { width: 76; max-width: 96%; height: 80%; max-height: 28; }
        & ValueInput { width: 1fr; margin-bottom: 1; }
        & OptionList {
            height: 1fr;
            border: none;
            background: transparent;
            scrollbar-size-vertical: 1;
            scrollbar-background: $surface;
            scrollbar-color: $border-blurred;
            padding: 0;
            &:focus { border: none; }
        }
    }
    """

    def __init__(
        self, catalog: Catalog, typed: str = "", current: str = "", asked: Sequence[str] = ()
    ) -> None:
        """asked: properties that the request asks for; they come first until something is typed."""
        super().__init__("Property", "")
        self._asked = asked
        self._catalog = catalog
        self._typed = typed
        self._current = current

    def compose_body(self) -> ComposeResult:
        yield ValueInput("find", _HINT)
        yield OptionList(markup=False)

    def on_mount(self) -> None:
        # The line above keeps the focus, so that typing can continue.
        self.query_one(OptionList).can_focus = False
        field = self.query_one(ValueInput)
        field.placeholder = _HINT
        field.select_on_focus = False
        field.value = self._typed
        field.cursor_position = len(self._typed)
        field.focus()
        self._find()

    def type(self, text: str) -> None:
        """Add what was typed before the picker was visible."""
        self._typed += text
        if self.is_mounted:
            self.query_one(ValueInput).insert_text_at_cursor(text)

    def _find(self) -> None:
        found = find_properties(self.query_one(ValueInput).value, self._catalog)
        typed = bool(self.query_one(ValueInput).value.strip())
        asked = self._asked
        if not typed:
            first = {name: rank for rank, name in enumerate(asked)}
            found = sorted(found, key=lambda prop: first.get(prop.name, len(first)))
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(
            [Option(_described(prop, prop.name in asked), id=prop.name) for prop in found]
        )
        names = [prop.name for prop in found]
        if names:
            choices.highlighted = 0
            if not typed and self._current in names:
                choices.highlighted = names.index(self._current)
        count = f"{len(found)} of {len(self._catalog.properties)}"
        hint = f"{count}, Enter picks, Esc cancels" if found else "no matches, Esc cancels"
        self.query_one(".hint", Static).update(hint)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._find()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        choices = self.query_one(OptionList)
        if choices.highlighted is not None:
            self.dismiss(choices.get_option_at_index(choices.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_move(self, how: str) -> None:
        choices = self.query_one(OptionList)
        if how == "down":
            choices.action_cursor_down()
        elif how == "up":
            choices.action_cursor_up()
        elif how == "page_down":
            choices.action_page_down()  # type: ignore[no-untyped-call]
        elif how == "page_up":
            choices.action_page_up()  # type: ignore[no-untyped-call]
        elif how == "first":
            choices.action_first()
        else:
            choices.action_last()


def _described(prop: Property, asked: bool) -> Content:
    return Content.assemble(
        (shown(prop.label, NAME), "bold"),
        f"  {shown(prop.name, NAME)}",
        ("  the request asks for it" if asked else "", "bold $warning"),
        (f"\n  {shown(prop.description)}", "$text-muted"),
    )
