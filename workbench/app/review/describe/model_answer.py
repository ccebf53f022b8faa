"""What an evaluated model answered, beside what is signed: either may be wrong."""

from rich.text import Text

from workbench.app.glyphs import ANSWERS
from workbench.core.editing.sample_diff import diff
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, excerpt, shown
from workbench.core.text.plain import visible
from workbench.core.training.model_results import in_order_of
from workbench.jobs.review import Review

_INDENT = "   "
_LONGEST = 300
_SIGNS = {"-": ("- ", "error"), "+": ("+ ", "success"), " ": ("  ", "muted")}


def head(review: Review, row: int, styles: dict[str, str], plain: bool) -> Text:
    """Say in a word whether the model was right, beside the rules' verdict."""
    result = review.model_result(row)
    if result is None:
        return Text()
    sign = ANSWERS[result.opinion]
    text = Text("  model ", styles["muted"])
    return text.append(f"{sign.drawn(plain)} {sign.word}", styles[sign.style])


def section(review: Review, row: int, sample: Sample, styles: dict[str, str]) -> Text:
    """Show a model's answer, and how it differs from what is signed."""
    text = Text()
    result = review.model_result(row)
    if result is None:
        return text
    text.append("\nThe model's answer\n", styles["heading"])
    _line(text, "model", result.model, styles)
    if result.right:
        words = "as the other right answer" if result.accepted else "as signed"
        _line(text, "answer", words, styles)
        return text
    if not result.calls and not result.broken:
        _line(text, "answer", f"it calls nothing. {result.text[:_LONGEST]}", styles)
    for broken in result.broken[:MOST_CALLS]:
        _line(text, "unreadable", broken[:_LONGEST], styles)
    if result.effect:
        _line(text, "effect", "in the car the same as what is signed", styles)
    if result.calls:
        _line(text, "difference", "- as signed, + as the model has it", styles)
        signed, given = excerpt(sample), excerpt(Sample(sample.query, result.calls))
        if (signed is not sample) or len(given.answers) < len(result.calls):
            _line(text, "", "of the first calls, as far as they are shown", styles)
        answer = Sample(signed.query, in_order_of(signed.answers, given.answers))
        for line in diff(signed, answer, review.catalog):
            sign, style = _SIGNS[line.sign]
            text.append(f"{_INDENT}  {sign}{shown(line.text)}\n", styles[style])
    return text


def _line(text: Text, name: str, words: str, styles: dict[str, str]) -> None:
    text.append(f"{_INDENT}{name}\t", styles["muted"])
    text.append(f"{visible(words)}\n")
