"""How the code is built: lines, files, rooms, the imports between them, and names with two homes.

`python -m tests.structure` prints it for this checkout, `python -m tests.structure FOLDER` for
another one. A room is a module or package directly below `core`, `adapters`, `jobs`, `app` or
`cli`; an arrow is at least one import from one room to another, wherever it stands (inside a
function and under TYPE_CHECKING, too); a floor is a row of rooms that import only lower ones.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PACKAGES = ("core", "adapters", "jobs", "app", "cli")

Arrows = Mapping[str, set[str]]


def sources(root: Path = CHECKOUT) -> dict[str, ast.Module]:
    """Return the parsed modules of the program by dotted name."""
    found = {}
    for path in sorted((root / "workbench").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(modules: Mapping[str, ast.Module]) -> Arrows:
    """Return which modules each module imports."""
    arrows: dict[str, set[str]] = {name: set() for name in modules}
    for name, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                wanted = [
                    whole if (whole := f"{node.module}.{alias.name}") in modules else node.module
                    for alias in node.names
                ]
            else:
                continue
            arrows[name].update(one for one in wanted if one in modules and one != name)
    return arrows


def rooms(arrows: Arrows, package: str) -> Arrows:
    """Return which rooms of a package each of its rooms imports."""

    def room(module: str) -> str:
        above = f"workbench.{package}."
        return module.removeprefix(above).split(".")[0] if module.startswith(above) else ""

    between: dict[str, set[str]] = defaultdict(set)
    for module, wanted in arrows.items():
        if here := room(module):
            between[here] |= {there for one in wanted if (there := room(one))} - {here}
    return between


def circle(arrows: Arrows) -> list[str]:
    """Return one circle of imports, in its order; empty where there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def floors(arrows: Arrows) -> list[list[str]]:
    """Return the rooms by floor, the lowest first. There must be no circle."""
    order = TopologicalSorter(arrows)
    order.prepare()
    found = []
    while ready := order.get_ready():
        found.append(sorted(ready))
        order.done(*ready)
    return found


def homes(modules: Mapping[str, ast.Module]) -> dict[str, list[str]]:
    """Return the public types (classes, aliases) by name, each with the modules that define it."""
    found: dict[str, list[str]] = defaultdict(list)
    for module, tree in modules.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [one.id for one in node.targets if isinstance(one, ast.Name)]
                names = [name for name in names if name[0].isupper() and not name.isupper()]
            else:
                continue
            for name in names:
                if not name.startswith("_"):
                    found[name].append(module)
    return found


def _lines(root: Path, package: str) -> tuple[int, int]:
    files = list((root / "workbench" / package).rglob("*.py"))
    return len(files), sum(path.read_text(encoding="utf-8").count("\n") for path in files)


def main(root: Path) -> None:
    modules = sources(root)
    arrows = imports(modules)
    print(f"{'':10}{'files':>7}{'lines':>8}{'rooms':>7}{'arrows':>8}{'floors':>8}")
    for package in PACKAGES:
        between = rooms(arrows, package)
        inside = sum(map(len, between.values()))
        height = "circle" if circle(between) else str(len(floors(between)))
        files, lines = _lines(root, package)
        print(f"{package:10}{files:7}{lines:8,}{len(between):7}{inside:8}{height:>8}")
    files, lines = _lines(root, ".")
    print(f"{'all':10}{files:7}{lines:8,}")
    for package in PACKAGES:
        if found := circle(rooms(arrows, package)):
            print(f"circle of rooms in {package}: {' → '.join(found)}")
    if found := circle(arrows):
        print(f"circle of modules: {' → '.join(found)}")
    twice = {name: places for name, places in homes(modules).items() if len(places) > 1}
    print(f"{len(homes(modules))} public types, {len(twice)} with more than one home")
    for name, places in sorted(twice.items()):
        print(f"  {name}: {', '.join(places)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else CHECKOUT)
