"""CallCard: one call as a form; StateCard: a value of the state at the start, in like fields."""

from collections.abc import Callable
from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from workbench.app.edit.messages import PartEdited
from workbench.app.edit.option_row import OptionRow
from workbench.app.edit.part_card import PartCard
from workbench.app.edit.property_field import PropertyField
from workbench.app.edit.text import put
from workbench.app.edit.value_input import ValueInput
from workbench.app.fields import FieldDone, FieldRow
from workbench.app.glyphs import plain_signs
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.listing import PropertyLists
from workbench.core.car.words import brief, call_words, state_words, value_words
from workbench.core.editing.drafts import (
    access_of,
    area_of,
    call_of_state,
    lacks_value,
    legal_accesses,
    property_of,
    state_of_call,
    with_access,
    with_argument,
    with_property,
)
from workbench.core.editing.parts import PartField
from workbench.core.editing.steps import with_state_property
from workbench.core.editing.typed import (
    parse_value,
    same_option,
    step_value,
    value_field,
    value_text,
)
from workbench.core.samples import Path, StateValue, ToolCall
from workbench.core.text.excerpts import NAME, shown
from workbench.core.text.plain import visible

_ACCESS_WORDS = {"get": "read", "set": "set"}
_ROWS = (("property", "Property"), ("access", "Does"), ("area", "Area"), ("value", "Value"))


class CallCard(PartCard):
    """Property, read or set, area and value of one call, and what the checks say about it.

    path: where in the sample. call: the last readable call; problem: why the current input can't
    be read.
    """

    DEFAULT_CSS = """
    CallCard .hint { width: 1fr; padding-left: 1; color: $text-muted; }
    """

    problem_of = "value"

    class PropertyWanted(Message):
        """The user wants another property for this call."""

        def __init__(self, card: "CallCard", typed: str) -> None:
            super().__init__()
            self.card = card
            self.typed = typed

    def __init__(
        self,
        path: Path,
        call: ToolCall,
        catalog: Catalog,
        value_of: Callable[[Path, ToolCall], Any],
    ) -> None:
        """value_of: the value that is asked for from a call, None if that is unknown."""
        super().__init__(path)
        self._value_of = value_of
        self.call = call
        self._problem = ""
        self._catalog = catalog
        self._options: tuple[Any, ...] = ()
        self._set_before: Any = None
        self._untouched = ("", None)

    @property
    def problem(self) -> str:
        return self._problem

    def fields(self) -> ComposeResult:
        fields: dict[str, tuple[Widget, ...]] = {
            "property": (PropertyField("property"),),
            "access": (OptionRow("access", "Read the property, or set it"),),
            "area": (OptionRow("area", "Where: left and right, or letters and Enter"),),
            "value": (
                OptionRow("value-choice", "The value: left and right, or letters and Enter"),
                ValueInput("value-input", "The value: type it; left and right step a number"),
                Static(id="hint", classes="hint", markup=False),
            ),
        }
        for part, label in _ROWS:
            yield FieldRow(label, *fields[part], id=f"{part}-row")
        lists = self._catalog.lists
        if lists and lists.function in self._catalog.functions:
            row = OptionRow("category", "Whose properties are listed: left and right, or letters")
            yield FieldRow("Category", row, id="category-row")

    def on_mount(self) -> None:
        self._show()
        self._show_value()

    @property
    def content(self) -> ToolCall | StateValue:
        """What the fields say, as a part of the sample."""
        return self.call

    def load(self, path: Path, content: ToolCall | StateValue) -> None:
        """Show another call, or the same one at another place."""
        self.path = path
        before, self.call = self.call, self.content_call(content)
        if self.problem or call_words(before) != call_words(self.call):
            for row in self.query(OptionRow):
                row.drop()
            self._set_before = None
            self._show()
            self._show_value()

    @staticmethod
    def content_call(content: ToolCall | StateValue) -> ToolCall:
        """Return a part of a sample as the call that the fields show."""
        return call_of_state(content) if isinstance(content, StateValue) else content

    @property
    def verb(self) -> str:
        """What the call does, before what it does it to."""
        return f"{_ACCESS_WORDS[access_of(self.call, self._catalog)]} "

    @property
    def in_brief(self) -> Content:
        call, catalog = self.call, self._catalog
        if lists := catalog.lists_by(call.name):
            category = call.arguments.get(lists.parameter, lists.every)
            return Content(shown(f"{self.lead}list properties: {brief(category)}"))
        prop, area = property_of(call, catalog), area_of(call, catalog)
        named = prop.label if prop else brief(call.arguments.get("propertyName"))
        where = area.words if area else brief(call.arguments.get("areaId"))
        words = f"{self.lead}{self.verb}{named}, {where}"
        if "value" in call.arguments:
            value = call.arguments["value"]
            words += f": {state_words(value, prop, area) if prop else brief(value)}"
        return Content(shown(words))

    def focus_part(self, part: PartField) -> None:
        """Put the cursor into a field, or into the one before it if it is hidden."""
        names = ["#property", "#access", "#area", "#value-choice", "#value-input"]
        if self._catalog.lists_by(self.call.name):
            names = ["#property", "#category"]
        wanted = [f"#{part}"] if f"#{part}" in names else []
        for name in (*wanted, *reversed(names)):
            field = self.query_one(name)
            if field.display and field.parent and getattr(field.parent, "display", True):
                field.focus()
                if isinstance(field, ValueInput):
                    field.select_all()  # so that the arrows step it, though the cursor was there
                return

    def take_property(self, name: str) -> None:
        """Change the call's property."""
        prop = self._catalog.properties[name]
        self.call = self._valued(with_property(self.call, prop, self._catalog, fill=False))
        self._show()
        self._show_value()

    def _valued(self, call: ToolCall) -> ToolCall:
        """Return a call with the value that is asked for, if it has none and that is known."""
        value = self._value_of(self.path, call) if lacks_value(call, self._catalog) else None
        return call if value is None else with_argument(call, "value", value, self._catalog)

    def _become(self, call: ToolCall, part: PartField) -> None:
        self.call = call
        self._show()
        self._tell_edited(part)

    def _tell_edited(self, part: PartField) -> None:
        self.post_message(PartEdited((id(self), part)))

    def _show(self) -> None:
        call, catalog = self.call, self._catalog
        prop, area_id = property_of(call, catalog), call.arguments.get("areaId")
        self.border_subtitle = Content(shown(call.name, NAME))
        field = self.query_one(PropertyField)
        field.prop = prop
        named = call.arguments.get("propertyName")
        field.name_text = named if isinstance(named, str) else brief(named) if named else ""
        lists = catalog.lists_by(call.name)
        field.lists = lists is not None
        for row in self.query("#category-row"):
            row.display = lists is not None
            for part in ("access", "area"):
                self.query_one(f"#{part}-row").display = lists is None
        if lists is not None:
            self._show_category(lists)
            return

        access = access_of(call, catalog)
        accesses = legal_accesses(prop, catalog) if prop else ()
        self.query_one("#access", OptionRow).set_options(
            tuple(_ACCESS_WORDS[a] for a in accesses),
            accesses.index(access) if access in accesses else None,
            foreign=_ACCESS_WORDS[access],
            keys=accesses,
        )
        areas = list(prop.areas.values()) if prop else []
        ids = [area.id for area in areas]
        self.query_one("#area", OptionRow).set_options(
            tuple(area.words or str(area.id) for area in areas),
            ids.index(area_id) if type(area_id) is int and area_id in ids else None,
            foreign=brief(area_id) if "areaId" in call.arguments else "none yet",
            keys=tuple(map(str, ids)),
        )
        self.query_one("#value-row").display = access == "set" or "value" in call.arguments

    def _show_category(self, lists: PropertyLists) -> None:
        """Show a call that lists properties: only its category can be chosen."""
        self.query_one("#value-row").display = False
        category = self.call.arguments.get(lists.parameter)
        self.query_one("#category", OptionRow).set_options(
            lists.names,
            lists.names.index(category) if category in lists.names else None,
            foreign=brief(category) if category is not None else "all of them",
            keys=lists.names,
        )

    def _show_value(self) -> None:
        """Show the right field for the property's value, with the current value."""
        prop, area = property_of(self.call, self._catalog), area_of(self.call, self._catalog)
        present, value = "value" in self.call.arguments, self.call.arguments.get("value")
        field = value_field(prop, area)
        choice, line = self.query_one("#value-choice", OptionRow), self.query_one(ValueInput)
        choice.display, line.display = field.kind == "choice", field.kind != "choice"
        line.set_class(field.kind == "text", "-long")
        line.steps = field.kind == "number"
        hint = self.query_one("#hint", Static)
        arrows = ("  <- ->" if plain_signs(self) else "  ← →") if line.steps else ""
        put(hint, Content(visible(field.hint) + arrows))
        hint.display = bool(field.hint) and field.kind != "choice"
        self._options, self._problem = field.options, ""
        if field.kind == "choice" and prop is not None:
            is_one = [present and same_option(option, value, prop) for option in field.options]
            choice.set_options(
                tuple(_option_words(option, prop) for option in field.options),
                is_one.index(True) if True in is_one else None,
                foreign=brief(value) if present else "none yet",
                keys=tuple(_option_key(option) for option in field.options),
            )
            return
        text = value_text(value, prop) if present else ""
        self._untouched = (text, value if present else None)
        with self.prevent(Input.Changed):
            line.value = text
        line.cursor_position = len(text)

    def on_property_field_opened(self, event: PropertyField.Opened) -> None:
        event.stop()
        self.post_message(self.PropertyWanted(self, event.typed))

    def picked(self, row: OptionRow, index: int) -> None:
        call, catalog = self.call, self._catalog
        prop = property_of(call, catalog)
        lists = catalog.lists_by(call.name)
        if lists is not None and row.id == "category":
            made = with_argument(call, lists.parameter, lists.names[index], catalog)
            self._become(made, "property")
        if prop is None:
            return
        if row.id == "access":
            self._set_before = call.arguments.get("value", self._set_before)
            access = legal_accesses(prop, catalog)[index]
            made = with_access(call, access, catalog, self._set_before)
            self._become(self._valued(made), "access")
            self._show_value()
        elif row.id == "area":
            area = list(prop.areas)[index]
            self._become(with_argument(call, "areaId", area, catalog), "area")
            # Legal values may differ from place to place; current input stays.
            if not self.problem:
                self._show_value()
        else:
            value = self._options[index]
            self._become(with_argument(call, "value", value, catalog), "value")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        before, value = self._untouched
        self._problem = ""
        if event.value != before:
            try:
                value = parse_value(event.value, property_of(self.call, self._catalog))
            except ValueError as error:
                self._problem = str(error)
        if self.problem or (event.value == before == ""):
            self._tell_edited("value")
        else:
            self._become(with_argument(self.call, "value", value, self._catalog), "value")

    def on_value_input_stepped(self, event: ValueInput.Stepped) -> None:
        event.stop()
        prop, area = property_of(self.call, self._catalog), area_of(self.call, self._catalog)
        if prop is None or value_field(prop, area).kind != "number":
            return
        number = step_value(self.call.arguments.get("value"), event.up, prop, area)
        line = self.query_one(ValueInput)
        line.value = value_text(number, prop)
        line.select_all()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(FieldDone())


def _option_words(value: Any, prop: Property) -> str:
    """Write a value to choose: a number as it is typed, even if 0 is spoken of as `off`."""
    return state_words(value, prop) if isinstance(value, bool) else value_words(value, prop)


def _option_key(value: Any) -> str:
    """Return what may be typed for a value besides its words: as JSON has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class StateCard(CallCard):
    """A value of the car's state at the start: property, area and value."""

    def __init__(self, path: Path, one: StateValue, catalog: Catalog) -> None:
        super().__init__(path, call_of_state(one), catalog, lambda _, __: None)

    @property
    def verb(self) -> str:
        return ""

    @property
    def content(self) -> StateValue:
        return state_of_call(self.call)

    def take_property(self, name: str) -> None:
        prop = self._catalog.properties[name]
        self.call = call_of_state(with_state_property(self.content, prop, self._catalog))
        self._show()
        self._show_value()

    def _show(self) -> None:
        super()._show()
        self.query_one("#access-row").display = False
        self.border_subtitle = ""
