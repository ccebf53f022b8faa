"""Load a vehicle's catalogue, functions, overlay and labelling policy from their files."""

import json
import tomllib
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from workbench.adapters.files import read_bytes
from workbench.adapters.resources import resource
from workbench.core.catalog import Catalog, CatalogError, build_catalog
from workbench.core.errors import InputError
from workbench.core.overlay import DriverSide, Overlay
from workbench.core.policy import Policy

_Model = TypeVar("_Model", bound=BaseModel)

PROPERTIES = "vehicle_properties.json"
FUNCTIONS = "car_property_functions.json"


@dataclass(frozen=True)
class CatalogFiles:
    """Where a catalogue comes from; None stands for the file that comes with the program."""

    properties: Path | None = None
    functions: Path | None = None
    overlay: Path | None = None
    policy: Path | None = None
    driver_side: DriverSide = "left"

    @cached_property
    def properties_path(self) -> Path:
        return self.properties or resource("data") / PROPERTIES

    @cached_property
    def functions_path(self) -> Path:
        return self.functions or resource("data") / FUNCTIONS

    @cached_property
    def overlay_path(self) -> Path:
        return self.overlay or resource("data") / "overlay.toml"

    @cached_property
    def policy_path(self) -> Path:
        return self.policy or resource("data") / "policy.toml"

    def digests(self) -> dict[str, str]:
        """Give the SHA-256 of the files that records are made of, by what they are."""
        paths = {"properties": self.properties_path, "functions": self.functions_path}
        return {
            name: sha256(read_bytes(path, f"{name} file")).hexdigest()
            for name, path in paths.items()
        }


def load_catalog(files: CatalogFiles) -> Catalog:
    """Load and join the files. Raises `InputError` naming file, place and remedy."""
    properties = read_entries(files.properties_path, "properties file", "propertyName")
    functions = read_entries(files.functions_path, "functions file", "name")
    overlay = _read_toml(files.overlay_path, "overlay", Overlay)
    try:
        return build_catalog(properties, functions, overlay, files.driver_side)
    except CatalogError as error:
        raise InputError(f"{files.functions_path}: {error}.") from None
    except ValidationError as error:
        detail = _explain(error)
        raise InputError(
            f"{files.properties_path}: an entry is not of the catalogue's format: {detail}."
        ) from None


def load_policy(files: CatalogFiles) -> Policy:
    """Load the labelling policy. Raises `InputError` naming file, place and remedy."""
    return _read_toml(files.policy_path, "policy", Policy)


def read_entries(path: Path, what: str, key: str) -> list[dict[str, Any]]:
    """Read a JSON list of objects that each have a name under `key`, whatever the extension."""
    data = read_bytes(path, what)
    try:
        entries = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: the {what} is not JSON: {error}.") from None
    if not isinstance(entries, list):
        raise InputError(f"{path}: the {what} must be a JSON list.")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get(key), str):
            raise InputError(f'{path}: entry {index} of the {what} is no object with a "{key}".')
    return entries


def _read_toml(path: Path, what: str, model: type[_Model]) -> _Model:
    data = read_bytes(path, what)
    try:
        return model.model_validate(tomllib.loads(data.decode()))
    except UnicodeDecodeError:
        raise InputError(f"{path}: the {what} is not UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: the {what} is not TOML: {error}.") from None
    except ValidationError as error:
        raise InputError(f"{path}: the {what} cannot be used: {_explain(error)}.") from None


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg'][:1].lower()}{first['msg'][1:]}"
