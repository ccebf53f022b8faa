"""What an export will write, and has written, in words."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.text import Text

from workbench.app.export.form import FIELDS
from workbench.app.glyphs import plainly
from workbench.core.review.dismissals import dismissed_words
from workbench.core.text.plain import visible
from workbench.core.training.splits import few_to_train_on
from workbench.jobs.exporter import ExportPlanned, Wrote
from workbench.jobs.records.export import ExportOptions

_BAR = 14
_SELECTED = "selected"
_FIELDS = {
    "or add --allow-failing to export them as they are": "or change “Failing, stale” to take",
    "or add --include passing": "or include passing ones",
    "Name engines with --engines": "Name them under Engines",
    "name another, or add --force to replace it": "name another, or move it away",
    "--shape dialog or steps holds them": "see Shape",
    "Add --shape dialog or steps": "Choose the shape dialog or steps",
    "--catalog compact": "a compact catalogue",
    "--catalog looked-up": "no catalogue",
    # The longest first: one may begin as another does.
    **{
        one.option.name: one.option.label
        for one in sorted(FIELDS.values(), key=lambda one: -len(one.option.name))
    },
}
"""What is named on this screen where the command line's options are named."""


def plan_text(
    plan: ExportPlanned, options: ExportOptions, styles: Mapping[str, str], plain: bool
) -> Text:
    """Say how many samples are taken, why the others are not, and what would be written."""
    text = Text()
    text.append(f"{plan.taken:,}", f"bold {styles['success']}".strip())
    text.append(f" of {plan.items:,} samples selected", "bold")
    if plan.edited:
        text.append(f", {plan.edited:,} of them edited")
    text.append("\n")
    if plan.refusal:  # before all else: there may be little room
        text.append("Nothing can be exported yet. ", f"bold {styles['error']}".strip())
        reason = for_screen(plan.refusal).removeprefix(f"{options.data}: ")
        reason = f"{reason[:1].upper()}{reason[1:]}"
        text.append(f"{plainly(visible(reason), plain)}\n\n", styles["error"])
    _append_counts(text, plan, styles, plain)
    if plan.refusal:
        text.right_crop(1)
        return text
    made = f" samples: {plan.records:,} records" if plan.records != plan.taken else ""
    text.append(f"\n{_parts(plan.counts)}{made}\n", "bold")
    if few_to_train_on(plan.counts):
        text.append(f"  only {plan.counts['train']:,} left to train on\n", styles["warning"])
    if plan.missing:
        text.append(
            f"  {plan.missing:,} samples of the eval set to keep are not selected\n",
            styles["warning"],
        )
    for names in _lines(options.written.all):
        text.append(f"  {names}\n")
    replaced = [visible(path.name) for path in options.written.all if os.path.exists(path)]
    if replaced:
        text.append(f"Replaces {_joined(replaced)}\n", styles["warning"])
    if options.left_over:
        text.append(
            f"{visible(str(options.left_over))} is from an earlier export; it stays\n",
            styles["warning"],
        )
    text.right_crop(1)
    return text


def _append_counts(text: Text, plan: ExportPlanned, styles: Mapping[str, str], plain: bool) -> None:
    numbers = {_SELECTED: plan.taken, **plan.left}
    width = max(len(f"{n:,}") for n in numbers.values())
    for words, number in numbers.items():
        share = round(_BAR * number / plan.items) if plan.items else 0
        length = max(1, share) if number else 0
        colour = styles["success"] if words == _SELECTED else styles["muted"]
        text.append(f"  {number:>{width},} ")
        text.append(("#" if plain else "█") * length + " " * (_BAR - length), colour)
        text.append(f" {words if words == _SELECTED else f'left out: {for_screen(words)}'}\n")
    for number, words in ((plan.failing, "fail verification"), (plan.stale, "are stale")):
        if number:
            text.append(f"  {number:>{width},} of these {words}\n", styles["warning"])
    if plan.dismissed:
        text.append(f"{dismissed_words(plan.dismissed)}\n", styles["warning"])


def written_text(done: Wrote, styles: Mapping[str, str]) -> Text:
    """Say what has been written."""
    text = Text()
    text.append(f"Written: {_parts(done.counts)}\n", f"bold {styles['success']}".strip())
    for names in _lines(done.files.all):
        text.append(f"  {names}\n")
    for words in done.lengths:
        text.append(f"  {words}\n")
    if done.too_long:
        text.append(
            f"{done.too_long:,} over the token limit left out; the manifest lists them.\n",
            styles["warning"],
        )
        for words in done.longest:
            text.append(f"  {visible(words)}\n")
    if done.leaks:
        text.append(
            f"{done.leaks:,} eval or dev records have a near-duplicate on another side, which "
            "could not be kept apart; the manifest lists them as leaks.\n",
            styles["warning"],
        )
    text.append(
        f"`workbench check-export {visible(str(done.files.records))}` checks them.",
        styles["muted"],
    )
    return text


def for_screen(message: str) -> str:
    """Name fields of this screen where the command line's options are named."""
    for option, field in _FIELDS.items():
        message = message.replace(option, field)
    return message


def _parts(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{number:,} {name}" for name, number in counts.items() if name != "dev" or number
    )


def _lines(paths: Sequence[Path]) -> Iterator[str]:
    """Name files, those of a folder in one line; the first one alone."""
    first, folders = paths[0], dict[Path, list[str]]()
    yield visible(str(first))
    for path in paths[1:]:
        folders.setdefault(path.parent, []).append(visible(path.name))
    for folder, names in folders.items():
        place = "" if folder == first.parent else f"{visible(str(folder))}{os.sep}: "
        yield f"{place}{_joined(names)}"


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
