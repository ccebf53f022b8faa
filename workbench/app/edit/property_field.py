"""PropertyField: a call's property, with its meaning; typing opens the picker."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from workbench.core.car.catalog import Property
from workbench.core.text.excerpts import NAME, shown

_ROWS = 2


class PropertyField(Widget, can_focus=True):
    """Label, name and description of a property, or a name that the vehicle doesn't know."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "pick", "Pick", show=False, id="property.pick"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "property-field--label",
        "property-field--name",
        "property-field--unknown",
    }

    DEFAULT_CSS = """
    PropertyField {
        width: 1fr;
        height: auto;
        color: $text-muted;
        pointer: pointer;
        & > .property-field--label { color: $foreground; text-style: bold; }
        & > .property-field--name { color: $primary; }
        & > .property-field--unknown { color: $error; text-style: bold; }
        &:focus > .property-field--label, &:focus > .property-field--unknown {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
    }
    """

    prop: reactive[Property | None] = reactive(None, layout=True)
    name_text: reactive[str] = reactive("", layout=True)
    lists: reactive[bool] = reactive(False, layout=True)
    """Whether the call is for no property, but lists some."""

    class Opened(Message):
        """Another property is wanted; `typed` is the start of what was typed."""

        def __init__(self, typed: str) -> None:
            super().__init__()
            self.typed = typed

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.tooltip = "Type to find another property; Enter lists all"

    def render(self) -> Content:
        if self.lists:
            label = self.get_visual_style("property-field--label")
            return Content.assemble(("none", label), "\nLists the properties of a category.")
        if self.prop is None:
            named = shown(self.name_text, NAME) or "no property"
            style = self.get_visual_style("property-field--unknown")
            return Content.assemble((named, style), "\nThe vehicle has no such property.")
        return Content.assemble(
            (shown(self.prop.label, NAME), self.get_visual_style("property-field--label")),
            "  ",
            (shown(self.prop.name, NAME), self.get_visual_style("property-field--name")),
            "\n",
            self._described(shown(self.prop.description)),
        )

    def _described(self, text: str) -> str:
        """Shorten a description to two lines if the cursor is elsewhere."""
        width = max(self.content_size.width or self.size.width, 20)
        rows = [str(row) for row in Content(text).wrap(width)]
        if self.has_focus or len(rows) <= _ROWS:
            return text
        last = rows[_ROWS - 1]
        return "\n".join([*rows[: _ROWS - 1], f"{last[: width - 1].rstrip()}…"])

    def on_focus(self) -> None:
        self.refresh(layout=True)

    def on_blur(self) -> None:
        self.refresh(layout=True)

    def action_pick(self) -> None:
        self.post_message(self.Opened(""))

    def on_key(self, event: events.Key) -> None:
        if event.character and event.is_printable and event.character not in " q:?":
            event.stop()
            event.prevent_default()
            self.post_message(self.Opened(event.character))

    def on_click(self) -> None:
        self.action_pick()
