"""`workbench drive`: talk to the simulated car by calls."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated

import typer

from workbench.adapters.vehicle.catalogs import Car, load_catalog
from workbench.cli.console import fail, say
from workbench.core.car.catalog import Catalog, with_lists
from workbench.core.car.driving import (
    HELP,
    DriveCommand,
    read_line,
    result_line,
    run_line,
    state_lines,
)
from workbench.core.car.vehicle import Vehicle
from workbench.core.errors import InputError
from workbench.core.samples import StateValue, from_item

_PROMPT = "car> "


def drive(
    state: Annotated[
        str,
        typer.Option(
            "--state",
            help="What differs from the car's first state, as in a sample: "
            '[["HVAC_POWER_ON", 1, false]].',
            metavar="JSON",
        ),
    ] = "[]",
    *,
    files: Car,
) -> None:
    """Talk to the simulated car: make calls, see what it answers and what has changed.

    Reads lines from the terminal, or from a pipe; `help` says what they may be. In a pipe each
    result is a line of JSON, and a line that can't be read ends it with status 2.
    """
    catalog = with_lists(load_catalog(files))
    start = _state(state)
    vehicle = Vehicle(catalog, start)
    for number, line in enumerate(_lines(), 1):
        try:
            command = read_line(line, catalog)
        except ValueError as error:
            if sys.stdin.isatty():
                fail(f"{error}.")
                continue
            raise InputError(f"line {number} of the input: {error}.") from None
        if command.kind == "quit":
            break
        if command.kind == "reset":
            vehicle = Vehicle(catalog, start)
        _answer(command, vehicle, catalog)


def _answer(command: DriveCommand, vehicle: Vehicle, catalog: Catalog) -> None:
    if command.kind == "help":
        say(HELP)
        say(f"{len(catalog.properties)} properties: `workbench catalog show` lists them.")
    elif command.kind == "state":
        for line in state_lines(vehicle) or ["nothing differs from the first state"]:
            say(line)
    elif command.kind == "run":
        for outcome in run_line(command, vehicle):
            say(result_line(outcome), "red" if outcome.refused else "")


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with suppress(ImportError):
        import readline  # noqa: F401 - editing and earlier lines, where there is one
    with suppress(EOFError):
        while True:
            yield input(_PROMPT)


def _state(text: str) -> tuple[StateValue, ...]:
    try:
        found = json.loads(text)
        if not isinstance(found, list):
            raise ValueError("state: expected a list")
        return from_item({"query": "", "answers": [], "state": found}).state
    except (ValueError, RecursionError) as error:
        raise InputError(
            f'--state: {error}; write it as in a sample, such as [["HVAC_POWER_ON", 1, false]].'
        ) from None
