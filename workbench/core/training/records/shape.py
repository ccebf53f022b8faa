"""Which part of the catalogue and of the functions a training record shows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecordShape:
    """How much of the catalogue and the functions a record shows.

    compact: the catalogue in the compact format (`core.car.compact`), else as the car's JSON.
    tools, properties: how many a record shows, those called and others drawn at random; None for
    all. A record that calls more shows all that it calls; other right answers' calls count as its
    own.
    """

    compact: bool = False
    tools: int | None = None
    properties: int | None = None

    @property
    def words(self) -> str:
        """What a record shows of the car, in words."""
        tools = "the functions"
        if self.tools is not None:
            tools = f"{self.tools} of the functions (those called, and others drawn at random)"
        catalog = "the vehicle's whole catalogue"
        if self.properties is not None:
            catalog = (
                f"{self.properties} properties of the vehicle's catalogue (those called, and "
                "others drawn at random)"
            )
        form = " in the compact format" if self.compact else ""
        return f"{tools}, a developer message with {catalog}{form}"
