"""What an export comes to, and came to, in words."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.text import Text

from workbench.core.plain import visible
from workbench.jobs.export import ExportFiles, ExportOptions
from workbench.jobs.exporter import Planned, Wrote

_BAR = 14


def plan_text(
    plan: Planned, options: ExportOptions, styles: Mapping[str, str], plain: bool
) -> Text:
    """Say how many samples are taken, why the others are not, and what would be written."""
    text = Text()
    text.append(f"{plan.taken:,}", f"bold {styles['success']}".strip())
    text.append(f" of {plan.items:,} samples are taken", "bold")
    if plan.edited:
        text.append(f", {plan.edited:,} of them edited")
    text.append("\n")
    numbers = {"taken": plan.taken, **plan.left}
    width = max(len(f"{n:,}") for n in numbers.values())
    for words, number in numbers.items():
        share = round(_BAR * number / plan.items) if plan.items else 0
        length = max(1, share) if number else 0
        colour = styles["success"] if words == "taken" else styles["muted"]
        text.append(f"  {number:>{width},} ")
        text.append(("#" if plain else "█") * length + " " * (_BAR - length), colour)
        text.append(f" {words if words == 'taken' else f'left out: {words}'}\n")
    for number, words in ((plan.failing, "fail verification"), (plan.stale, "have gone stale")):
        if number:
            text.append(f"  {number:>{width},} of those taken {words}\n", styles["warning"])
    if plan.refusal:
        text.append("\nNothing can be written yet. ", f"bold {styles['error']}".strip())
        text.append(f"{visible(_for_screen(plan.refusal))}\n", styles["error"])
        return text
    test = plan.test or 0
    text.append(f"\n{plan.taken - test:,} to train, {test:,} to test\n", "bold")
    for path, replaced in _files(options):
        text.append(f"  {visible(str(path))}")
        text.append(f"{'  replaces the file there' if replaced else ''}\n", styles["warning"])
    return text


def written_text(done: Wrote, styles: Mapping[str, str]) -> Text:
    """Say what has been written."""
    text = Text()
    parts = ", ".join(f"{count:,} {name}" for name, count in done.counts.items() if count)
    text.append(f"Written: {parts}\n", f"bold {styles['success']}".strip())
    for path in paths_of(done.files):
        text.append(f"  {visible(str(path))}\n")
    if done.leaks:
        text.append(
            f"{done.leaks:,} test samples have a near-duplicate in train that could not be kept "
            "apart; the manifest lists them as leaks.\n",
            styles["warning"],
        )
    text.append("`workbench check-export` holds them against each other.\n", styles["muted"])
    return text


def paths_of(files: ExportFiles) -> Iterator[Path]:
    """Give the files of an export, the records first."""
    found = (
        files.records,
        files.train,
        files.evaluation,
        files.card,
        files.provenance,
        files.manifest,
    )
    yield from (path for path in found if path)


def _files(options: ExportOptions) -> Iterator[tuple[Path, bool]]:
    for path in paths_of(ExportFiles.of(options.output, options.split_files)):
        try:
            yield path, path.exists()
        except (OSError, ValueError):
            yield path, False


def _for_screen(refusal: str) -> str:
    """Name fields of this form where the command line's options are named."""
    names = {
        "or add --allow-failing to take them as they are": "or change 'Failing, stale' to take",
        "or add --include passing": "or include passing ones",
        "--num-test": "Test samples",
    }
    for option, field in names.items():
        refusal = refusal.replace(option, field)
    return refusal
