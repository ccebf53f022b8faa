"""The key of the paid service: where it was found, and who else can read it. Never the key."""

from collections.abc import Iterator
from pathlib import Path

from workbench.adapters.config.secrets import (
    FILE,
    GEMINI_FORM,
    VARIABLES,
    SecretsError,
    exposure,
    find_gemini_key,
)
from workbench.adapters.files.git import in_history, tracking
from workbench.jobs.doctor.check import Check, of_error

NAME = "key"


def check_key() -> Iterator[Check]:
    """Look for a key, and check that the file with it is safe."""
    try:
        found = find_gemini_key()
    except SecretsError as error:
        yield of_error(NAME, error)
        # A file without a usable key may still contain a real one.
        yield from _safety(Path.cwd() / FILE)
        return
    if found is None:
        yield Check(
            NAME,
            "warning",
            "no Gemini key was found; the offline engine works without one",
            f"set {VARIABLES[0]}, or in {FILE} {GEMINI_FORM}",
        )
        return
    _, source = found
    if source in VARIABLES:
        yield Check(NAME, "ok", f"found in the environment variable {source}")
        return
    safety = list(_safety(Path(source)))
    yield from safety
    if not safety:
        yield Check(NAME, "ok", f"found in {source}, which only you can read")


def _safety(path: Path) -> Iterator[Check]:
    if not path.is_file():
        return
    message, _, remedy = exposure(path).partition("; run: ")
    if message:
        yield Check(NAME, "warning", message, remedy)
    state = tracking(path)
    if state in ("tracked", "changed") or (state != "outside" and in_history(path)):
        yield Check(
            NAME,
            "problem",
            f"{path}: it is in git, so anyone with the repository has the key",
            f"revoke this key, create another, and run git rm --cached {path}",
        )
    elif state == "untracked":
        yield Check(
            NAME,
            "warning",
            f"{path}: git doesn't ignore it, so it could be committed by mistake",
            "add the line /secrets/*.toml to .gitignore",
        )
