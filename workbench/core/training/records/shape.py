"""What a training record holds: how much of a conversation, and which part of the car."""

from dataclasses import dataclass
from typing import Literal

RecordForm = Literal["single", "dialog", "steps"]
"""single: a query and its calls; conversations don't fit in it. dialog: a whole conversation.
steps: a conversation up to one thing that the assistant says or calls, a record for each.
"""

_HOLDS: dict[RecordForm, str] = {
    "single": "a user's request, and the calls that carry it out",
    "dialog": "a conversation as a whole: what is said to the assistant, its calls, the car's "
    "results and its replies",
    "steps": "a conversation up to one thing that the assistant says or calls, and that as the "
    "last message, the only one to be learnt",
}


@dataclass(frozen=True, slots=True)
class RecordShape:
    """What a record holds of a conversation, and how much of the catalogue and the functions.

    compact: the catalogue in the compact format (`core.car.compact`), else as the car's JSON.
    tools, properties: how many a record shows, those called and others drawn at random; None for
    all. A record that calls more shows all that it calls; other right answers' calls count as its
    own, and all calls of a conversation, those too that it refuses or asks about. looked_up: it
    shows no properties; the model calls the function that lists them (`core.car.listing`).
    """

    compact: bool = False
    tools: int | None = None
    properties: int | None = None
    form: RecordForm = "single"
    looked_up: bool = False

    @property
    def words(self) -> str:
        """What a record shows of the car, in words."""
        tools = "the functions"
        if self.tools is not None:
            tools = f"{self.tools} of the functions (those called, and others drawn at random)"
        if self.looked_up:
            return (
                f"{tools}, a developer message without the vehicle's catalogue, whose properties "
                "are looked up by category"
            )
        catalog = "the vehicle's whole catalogue"
        if self.properties is not None:
            catalog = (
                f"{self.properties} properties of the vehicle's catalogue (those called, and "
                "others drawn at random)"
            )
        form = " in the compact format" if self.compact else ""
        return f"{tools}, a developer message with {catalog}{form}"

    @property
    def holds(self) -> str:
        """What a record holds besides, in words."""
        return _HOLDS[self.form]
