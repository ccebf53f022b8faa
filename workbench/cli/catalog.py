"""`workbench catalog`: show a vehicle's catalogue, and check one."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rapidfuzz import process
from rich.table import Table
from rich.text import Text

from workbench.adapters.vehicle.catalogs import (
    Car,
    CatalogFiles,
    load_catalog,
    load_overlay,
    other_properties,
    parse_entries,
    read_entries,
)
from workbench.cli.console import out, plain, say
from workbench.cli.options import JsonLinesOption, JsonOption
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.catalog_check import check_entries
from workbench.core.car.compact import facts_of, write_compact
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.options import Only, Reads

app = typer.Typer(help="Show a vehicle's catalogue, or check one.", no_args_is_help=True)


@app.command()
def show(
    name: Annotated[str | None, typer.Argument(help="One property (default: all).")] = None,
    as_json: JsonOption = False,
    *,
    files: Car,
) -> None:
    """Show the properties, with what the overlay adds; with NAME, one in full."""
    catalog = load_catalog(files)
    if name is not None:
        prop = _find(name, catalog)
        if as_json:
            _print_json(describe(prop))
        else:
            _show_one(prop)
    elif as_json:
        _print_json([describe(prop) for prop in catalog.properties.values()])
    else:
        _show_all(catalog)


@app.command()
def check(
    file: Annotated[
        Path,
        typer.Argument(help="A properties file (JSON, with any extension)."),
        Reads("properties file"),
    ],
    as_json: JsonLinesOption = False,
    *,
    files: Annotated[CatalogFiles, Only(("overlay",))],
) -> None:
    """Check a properties file: duplicates, impossible ranges, unknown types, missing values.

    Ranges, steps and values that the file lacks are taken from the overlay.

    Exit status: 0 without errors (there may be warnings), 1 with errors, 2 for unusable input.
    """
    entries = read_entries(file, "properties file", "propertyName")
    remarks = list(check_entries(entries, load_overlay(files)))
    errors = sum(remark.severity == "error" for remark in remarks)
    for remark in remarks:
        if as_json:
            _print_json(
                {
                    "severity": remark.severity,
                    "property": remark.property,
                    "message": remark.message,
                }
            )
        else:
            style = "red" if remark.severity == "error" else "yellow"
            head = plain(f"{remark.severity:8}", style)
            say(Text.assemble(head, plain(f" {remark.property}: {remark.message}")))
    if not as_json:
        out.print(plain(f"{file}: {errors} errors, {len(remarks) - errors} warnings"))
    raise typer.Exit(1 if errors else 0)


@app.command()
def compact(
    file: Annotated[
        Path | None,
        typer.Argument(help="A properties file (JSON; default: the built-in one)."),
        Reads("properties file"),
    ] = None,
    *,
    files: Annotated[CatalogFiles, Only(("overlay", "driver_side"))],
) -> None:
    """Print the compact catalogue: all that a call depends on, in an eighth of the characters.

    Records that `refine --catalog compact` writes contain the same text, so that the car can send
    a model what it was trained on.
    """
    catalog = load_catalog(replace(files, properties=file))
    sys.stdout.buffer.write(write_compact(facts_of(catalog)).encode() + b"\n")
    sys.stdout.buffer.flush()


@app.command()
def extend(
    names: Annotated[list[str], typer.Argument(help="Properties to add.", metavar="PROPERTY…")],
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help="Leave out this property; can be repeated."),
    ] = None,
    *,
    files: Annotated[CatalogFiles, Only(("properties",))],
) -> None:
    """Print a properties file with properties that other cars have, to be named by --properties.

    Without --properties, it is the built-in file that is extended.
    """
    entries = parse_entries(
        files.content("properties"), files.properties_path, "properties file", "propertyName"
    )
    others = {one["propertyName"]: one for one in other_properties()}
    there = {one["propertyName"] for one in entries}
    for name in names:
        if name not in others:
            raise InputError(f"{name}: known are {', '.join(others)}; choose one of these.")
        if name in there:
            raise InputError(f"{name}: {files.properties_path} has it already; leave it out.")
    gone = set(without or ())
    if missing := sorted(gone - there):
        raise InputError(f"--without {missing[0]}: the properties file has no such property.")
    made = [one for one in entries if one["propertyName"] not in gone]
    made += (others[name] for name in dict.fromkeys(names))
    text = json.dumps(made, indent=1, ensure_ascii=False)
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()


def describe(prop: Property) -> dict[str, Any]:
    """Return a property with its areas as plain data."""
    return {
        "name": prop.name,
        "description": prop.description,
        "type": prop.type,
        "access": {"get": prop.readable, "set": prop.writable},
        "static": prop.static,
        "category": prop.category,
        "label": prop.label,
        "unit": prop.unit,
        "step": prop.step,
        "values": {str(value): name for value, name in prop.value_names.items()},
        "advisory_range": prop.advisory,
        "spoken": prop.spoken,
        "weight": prop.weight,
        "areas": [_area(area) for area in prop.areas.values()],
    }


def _area(area: Area) -> dict[str, Any]:
    return {
        "id": area.id,
        "words": area.words,
        "minimum": area.minimum,
        "maximum": area.maximum,
        "values": list(area.values),
        "zero": area.zero,
        "plus": area.plus,
        "minus": area.minus,
    }


def _find(name: str, catalog: Catalog) -> Property:
    for key, prop in catalog.properties.items():
        if key.lower() == name.lower():
            return prop
    close = process.extractOne(name.upper(), list(catalog.properties), score_cutoff=60)
    hint = f" Did you mean {close[0]}?" if close else " `workbench catalog show` lists them."
    raise InputError(f"{name}: the catalogue has no such property.{hint}")


def _show_all(catalog: Catalog) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("property", "type", "access", "areas", "values"):
        whole = heading in ("property", "type", "access")
        table.add_column(heading, no_wrap=whole, overflow="fold", ratio=None if whole else 1)
    for prop in catalog.properties.values():
        areas = ", ".join(map(str, prop.areas))
        values = next((_values(prop, area) for area in prop.areas.values()), "")
        row = (prop.name, prop.type, _access(prop), areas, values)
        table.add_row(*(plain(cell) for cell in row))
    out.print(table)
    out.print(plain(f"{len(catalog.properties)} properties, {len(catalog.functions)} functions"))


def _show_one(prop: Property) -> None:
    out.print(plain(prop.name, "bold"), plain(f"({prop.label}, {prop.category})", "dim"))
    out.print(plain(prop.description.strip()))
    out.print(plain(f"{prop.type}, {_access(prop)}{', static' if prop.static else ''}"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("area", "place", "values", "meaning"):
        table.add_column(heading, overflow="fold")
    for area in prop.areas.values():
        meaning = {"0": area.zero, "+": area.plus, "-": area.minus}
        words = "; ".join(f"{sign} {text}" for sign, text in meaning.items() if text)
        row = (str(area.id), area.words, _values(prop, area), words)
        table.add_row(*(plain(cell) for cell in row))
    out.print(table)


def _access(prop: Property) -> str:
    return {(True, True): "get, set", (True, False): "get", (False, True): "set"}.get(
        (prop.readable, prop.writable), "none"
    )


def _values(prop: Property, area: Area) -> str:
    if area.values:
        names = prop.value_names
        return ", ".join(f"{v} {names[v]}" if v in names else str(v) for v in area.values)
    if area.minimum is None and area.maximum is None:
        return prop.unit
    unit = "" if prop.unit in ("", "level") else f" {prop.unit}"
    low = "…" if area.minimum is None else area.minimum
    high = "…" if area.maximum is None else area.maximum
    step = f", by {prop.step}" if prop.step not in (None, 1) else ""
    return f"{low} to {high}{unit}{step}{' (recommended)' if prop.advisory else ''}"


def _print_json(value: Any) -> None:
    sys.stdout.buffer.write(dumps(value) + b"\n")
    sys.stdout.buffer.flush()
