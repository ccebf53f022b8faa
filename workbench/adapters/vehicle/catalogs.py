"""Load a vehicle's catalogue, functions, overlay and labelling policy from their files."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ValidationError

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.resources import resource
from workbench.adapters.files.text import MOST_TEXT, parse_json, parse_toml
from workbench.core.car.catalog import Catalog, CatalogError, build_catalog, with_lists
from workbench.core.car.entries import explain
from workbench.core.car.listing import PropertyLists
from workbench.core.car.overlay import DriverSide, Overlay
from workbench.core.car.policy import Policy
from workbench.core.errors import InputError
from workbench.core.options import Only, Option, Reads
from workbench.core.text.plain import visible

_Model = TypeVar("_Model", bound=BaseModel)

PROPERTIES = "vehicle_properties.json"
FUNCTIONS = "car_property_functions.json"
BUILT_IN = Path("built-in")
"""What stands for the categories that ship with the program."""
_OF_THE_REVIEW = "the review is of this car"


@dataclass(frozen=True)
class CatalogFiles:
    """Where a catalogue comes from; None means the file that ships with the program."""

    properties: Annotated[
        Path | None,
        Option(
            "--properties",
            "Vehicle properties as the car reports them (JSON), instead of the built-in ones.",
            metavar="FILE",
            unasked=_OF_THE_REVIEW,
        ),
        Reads("properties file"),
    ] = None
    functions: Annotated[
        Path | None,
        Option(
            "--functions",
            "The callable functions (JSON), instead of the built-in ones.",
            metavar="FILE",
            unasked=_OF_THE_REVIEW,
        ),
        Reads("functions file"),
    ] = None
    overlay: Annotated[
        Path | None,
        Option(
            "--overlay",
            "Extra facts about the car: units, value names, … (TOML).",
            metavar="FILE",
            unasked=_OF_THE_REVIEW,
        ),
        Reads("overlay"),
    ] = None
    policy: Annotated[
        Path | None,
        Option("--policy", "The labelling policy (TOML).", metavar="FILE", unasked=_OF_THE_REVIEW),
        Reads("policy"),
    ] = None
    lexicon: Annotated[
        Path | None,
        Option(
            "--lexicon",
            "The word lists of grounding and policy (TOML), instead of the built-in ones.",
            metavar="FOLDER",
            unasked=_OF_THE_REVIEW,
        ),
        Reads("lexicon"),
    ] = None
    driver_side: Annotated[
        DriverSide, Option("--driver-side", "Where the driver sits.", unasked=_OF_THE_REVIEW)
    ] = "left"
    categories: Annotated[
        Path | None,
        Option(
            "--categories",
            "The car also has getPropertyList, with these categories (TOML); built-in: its own.",
            metavar="FILE|built-in",
            unasked=_OF_THE_REVIEW,
        ),
        Reads("categories file"),
    ] = None

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
    def more_overlay_paths(self) -> tuple[Path, ...]:
        """The other parts of the built-in overlay; none for one of the user's own."""
        names = () if self.overlay else ("dependencies.toml", "other_cars.toml")
        return tuple(resource("data") / name for name in names)

    @cached_property
    def categories_path(self) -> Path:
        own = self.categories not in (None, BUILT_IN)
        return self.categories if own and self.categories else resource("data") / "categories.toml"

    @cached_property
    def policy_path(self) -> Path:
        return self.policy or resource("data") / "policy.toml"

    @cached_property
    def lexicon_path(self) -> Path:
        return self.lexicon or resource("data") / "lexicon"

    @property
    def named(self) -> dict[str, Path | None]:
        """The files given by the user, by what they are."""
        return {
            "properties file": self.properties,
            "functions file": self.functions,
            "overlay": self.overlay,
            "policy": self.policy,
            "lexicon": self.lexicon,
            "categories": None if self.categories == BUILT_IN else self.categories,
        }

    def digests(self, *, categories: bool = False) -> dict[str, str]:
        """Return the SHA-256 of the files as read, by what they are.

        categories: also of that file, even if none is named.
        """
        told = {name: sha256(data).hexdigest() for name, data in self._content.items()}
        if categories:
            data = read_bytes(self.categories_path, "categories file", MOST_TEXT)
            told["categories"] = sha256(data).hexdigest()
        return told

    def digest(self) -> str:
        """Return a hash of these files, on which decisions depend; see
        `core.review.labels.stale`.
        """
        return sha256("".join(self.digests().values()).encode()).hexdigest()[:16]

    @cached_property
    def _content(self) -> dict[str, bytes]:
        paths = {
            "properties": self.properties_path,
            "functions": self.functions_path,
            "overlay": self.overlay_path,
        }
        return {name: read_bytes(path, f"{name} file", MOST_TEXT) for name, path in paths.items()}

    def content(self, name: str) -> bytes:
        """Return a file's bytes, read once, by its name in `digests`."""
        return self._content[name]


Car = Annotated[
    CatalogFiles, Only(("properties", "functions", "overlay", "driver_side", "categories"))
]
"""A vehicle without the files that verify samples, as options of a command."""


def load_catalog(files: CatalogFiles) -> Catalog:
    """Load and join the files. Raises `InputError` naming file, place and remedy."""
    properties = parse_entries(
        files.content("properties"), files.properties_path, "properties file", "propertyName"
    )
    functions = parse_entries(
        files.content("functions"), files.functions_path, "functions file", "name"
    )
    overlay = load_overlay(files)
    lists = load_lists(files)
    if lists.is_another(functions):
        name = visible(lists.function)
        raise InputError(
            f"{files.categories_path}: function: {name} reads or sets properties, see "
            f"{files.functions_path}; give the function that lists them another name."
        )
    try:
        catalog = build_catalog(properties, functions, overlay, files.driver_side, lists)
        return with_lists(catalog) if files.categories else catalog
    except CatalogError as error:
        about_function = str(error).startswith("function ")
        path = files.functions_path if about_function else files.properties_path
        raise InputError(f"{path}: {error}; fix it there.") from None


def load_overlay(files: CatalogFiles) -> Overlay:
    """Load the overlay. Raises `InputError` naming file, place and remedy.

    The built-in one has its dependencies, and properties that only other cars have, in files of
    their own: decisions that were made before these don't depend on them (see
    `CatalogFiles.digest`).
    """
    overlay = _parse_toml(files.content("overlay"), files.overlay_path, "overlay", Overlay)
    for path in files.more_overlay_paths:
        data = read_bytes(path, "overlay", MOST_TEXT)
        more = _parse_toml(data, path, "overlay", Overlay)
        overlay = overlay.model_copy(
            update={
                "dependencies": overlay.dependencies + more.dependencies,
                "properties": overlay.properties | more.properties,
            }
        )
    return overlay


def load_lists(files: CatalogFiles) -> PropertyLists:
    """Load the categories of properties. Raises `InputError` naming file, place and remedy."""
    data = read_bytes(files.categories_path, "categories file", MOST_TEXT)
    return _parse_toml(data, files.categories_path, "categories file", PropertyLists)


def load_policy(files: CatalogFiles) -> Policy:
    """Load the labelling policy. Raises `InputError` naming file, place and remedy."""
    data = read_bytes(files.policy_path, "policy", MOST_TEXT)
    return _parse_toml(data, files.policy_path, "policy", Policy)


def other_properties() -> list[dict[str, Any]]:
    """Return the entries of properties that the built-in catalogue lacks and other cars have."""
    path = resource("data") / "other_properties.json"
    return read_entries(path, "properties file", "propertyName")


def read_entries(path: Path, what: str, key: str) -> list[dict[str, Any]]:
    """Read a JSON list of objects that each have a name under `key`, whatever the extension."""
    return parse_entries(read_bytes(path, what, MOST_TEXT), path, what, key)


def parse_entries(data: bytes, path: Path, what: str, key: str) -> list[dict[str, Any]]:
    """Like `read_entries`, from bytes already read; `path` is for messages."""
    entries = parse_json(data, path, what)
    if not isinstance(entries, list):
        raise InputError(f"{path}: the {what} must be a JSON list.")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict) or not isinstance(entry.get(key), str):
            raise InputError(
                f'{path}: entry {index} of the {what} is not an object with a "{key}".'
            )
    return entries


def _parse_toml(data: bytes, path: Path, what: str, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(parse_toml(data, path, what))
    except ValidationError as error:
        raise InputError(f"{path}: the {what} can't be used: {explain(error)}.") from None
