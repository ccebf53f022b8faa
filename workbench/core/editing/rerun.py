"""A conversation run again while it is edited: what the car answers to every call in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import CallOutcome, StepOutcome, Vehicle, run_sample
from workbench.core.samples import Path, Sample, StateValue, ToolCall, step_path


@dataclass(frozen=True, slots=True)
class Rerun:
    """steps: each step with the outcomes of its calls and the state after it. outcomes: by path,
    also those that the calls of replies, refused or offered, would have.
    """

    steps: tuple[StepOutcome, ...]
    outcomes: Mapping[Path, CallOutcome]


def rerun(sample: Sample, catalog: Catalog) -> Rerun:
    """Run a sample. What a reply refuses or offers is tried in the state that it finds, each list
    by itself, and changes nothing.
    """
    steps = run_sample(sample, catalog)
    outcomes: dict[Path, CallOutcome] = {}

    def note(place: Path, done: Iterable[CallOutcome]) -> None:
        outcomes.update({(*place, index): one for index, one in enumerate(done)})

    for number, done in enumerate(steps):
        place = step_path(number)
        note((*place, "answers"), done.outcomes)
        reply = done.step.reply
        if reply is None:
            continue
        tried: list[tuple[Path, tuple[ToolCall, ...]]] = [
            ((*place, "reply", "wanted"), reply.wanted)
        ]
        tried += [
            ((*place, "reply", "options", which), option)
            for which, option in enumerate(reply.options)
        ]
        for at, calls in tried:
            state = (StateValue(name, area, value) for (name, area), value in done.state.items())
            note(at, Vehicle(catalog, state).run_together(calls, at))
    return Rerun(steps, outcomes)


def reasons(sample: Sample, path: Path, catalog: Catalog) -> tuple[str, ...]:
    """Return the codes with which the car refuses the calls that a reply says it refuses.

    path: where the reply is.
    """
    place = (*path, "wanted")
    refused = (one for at, one in rerun(sample, catalog).outcomes.items() if at[:-1] == place)
    codes = (f.code for one in refused for f in one.findings if f.severity == "error")
    return tuple(dict.fromkeys(codes))
