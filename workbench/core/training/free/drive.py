"""A model drives the simulated car: its calls are run, and their results go back to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.car.catalog import Catalog
from workbench.core.car.results import SUCCESS
from workbench.core.car.vehicle import MOST_ROUNDS, Vehicle
from workbench.core.samples import Sample
from workbench.core.training.free.course import Course, car_of
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import Output
from workbench.core.training.records.dialog import Message, call_messages
from workbench.core.training.scoring.spoken import act_of

EndAct = Literal["ask", "refuse", "say", "unparsable", "nothing", "too many rounds", "no answer"]
"""How a turn ends: as `SpokenAct` has it, or with still another call when all rounds are over, or
with a question that was never answered.
"""

StatePlace = tuple[str, int]
"""A property and an area."""


@dataclass(frozen=True, slots=True)
class DrivenTurn:
    """What a model made of one turn. outputs: what it called and said, in order.

    state: what differs from the car's first state at its end. known: the places whose value the
    model has read or set by then.
    """

    query: str
    outputs: tuple[Output, ...]
    end: EndAct
    state: Mapping[StatePlace, Any]
    known: frozenset[StatePlace]


class Drive:
    """A course on its way. The same answers always bring the same questions.

    attempt: which try at the course this is, from 0. turns: those that are over.
    """

    def __init__(self, course: Course, catalog: Catalog, attempt: int = 0) -> None:
        self.course = course
        self._attempt = attempt
        self.turns: list[DrivenTurn] = []
        self._vehicle = Vehicle(car_of(course, catalog), course.sample.state)
        self._messages: list[Message] = [course.developer]
        self._outputs: list[Output] = []
        self._bodies: list[str] = []
        self._known: set[StatePlace] = set()
        self._calls = 0
        self._say()

    @property
    def question(self) -> Gold | None:
        """What the model is to answer next; None once the last turn is over."""
        if self._over:
            return None
        course = self.course
        sample = Sample(self._query, ())
        messages = [*self._messages]
        return Gold(
            course.number,
            course.split,
            sample,
            course.tools,
            messages,
            attempt=self._attempt,
            bodies=tuple(self._bodies),
        )

    def answered(self, output: Output, body: str = "") -> None:
        """Take an answer to the question: run its calls, or end the turn with what it says.

        body: of the answer as it arrived from a service, to be sent back with what comes next.
        """
        self._outputs.append(output)
        self._bodies.append(body)
        act = act_of(output)
        if act == "call":
            self._run(output)
            if len(self._outputs) == MOST_ROUNDS:
                self._end("too many rounds")
            return
        said = output.text or "\n".join(output.broken)
        self._messages.append({"role": "assistant", "content": said})
        self._end(act)

    def give_up(self) -> None:
        """End the course because the question isn't answered; all turns left end so."""
        while not self._over:
            self._end("no answer")

    @property
    def _over(self) -> bool:
        return len(self.turns) == len(self.course.turns)

    @property
    def _query(self) -> str:
        return self.course.turns[len(self.turns)][0].query or ""

    def _say(self) -> None:
        self._messages.append({"role": "user", "content": self._query})

    def _run(self, output: Output) -> None:
        outcomes = self._vehicle.run_together(output.calls)
        made = call_messages(output.calls, [outcome.text for outcome in outcomes], self._calls)
        self._messages += ({**one, "content": one.get("content", "")} for one in made)
        self._calls += len(output.calls)
        self._known.update(
            (answer["propertyName"], answer["areaId"])
            for answer in (outcome.answer for outcome in outcomes)
            if "value" in answer or answer.get("result") == SUCCESS
        )

    def _end(self, act: EndAct) -> None:
        state, known = self._vehicle.state, frozenset(self._known)
        self.turns.append(DrivenTurn(self._query, tuple(self._outputs), act, state, known))
        self._outputs = []
        if not self._over:
            self._say()
