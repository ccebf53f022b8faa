"""What an evaluated model answered, beside what is signed: either may be wrong."""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

from rich.text import Text

from workbench.app.glyphs import ANSWERS
from workbench.app.review import deciding, showing
from workbench.core.editing.sample_diff import diff
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, excerpt, is_large, shown
from workbench.core.text.plain import visible
from workbench.core.training.answered import ModelResult, in_order_of
from workbench.jobs.review import Review

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_SECONDS = 1.0
"""Between two looks at whether there is another evaluation; a look costs some microseconds."""
_INDENT = "   "
_LONGEST = 300
_SIGNS = {"-": ("- ", "error"), "+": ("+ ", "success"), " ": ("  ", "muted")}


def head(review: Review, row: int, styles: dict[str, str], plain: bool) -> Text:
    """Say in a word whether the model was right, beside the rules' verdict."""
    result = _result(review, row)
    if result is None:
        return Text()
    sign = ANSWERS[result.opinion]
    text = Text("  model ", styles["muted"])
    return text.append(f"{sign.plain if plain else sign.glyph} {sign.word}", styles[sign.style])


def section(review: Review, row: int, sample: Sample, styles: dict[str, str]) -> Text:
    """Show a model's answer, and how it differs from what is signed."""
    text = Text()
    result = _result(review, row)
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


def look(screen: "ReviewScreen") -> None:
    """Take in what an evaluation has stored since; keys ask, so an idle screen does nothing."""
    answers = screen.review.answers
    if monotonic() - screen.looked_at >= _SECONDS:
        screen.looked_at = monotonic()
        if answers.outdated(screen.review.path):
            screen.run_worker(_take_in(screen), group="answers", exit_on_error=False)


async def _take_in(screen: "ReviewScreen") -> None:
    review = screen.review
    await asyncio.to_thread(review.answers.load, review.path)
    if review.answers.problem:
        screen.say(visible(review.answers.problem), warn=True)
    else:
        screen.say("A model's answers have come in; the filter model:wrong lists the wrong ones.")
    if screen.wanted:  # asked for, if not shown yet
        showing.refresh_view(screen)
    screen.show_all()


def accept_both(screen: "ReviewScreen") -> None:
    """Accept the sample as it stands, and the model's answer as another right one."""
    review, row = screen.review, screen.review.row
    sample = None if row is None else review.in_force(row)
    result = None if row is None else _result(review, row)
    if row is None or sample is None or result is None:
        screen.say("No model's answer to this sample is known.", warn=True)
    elif result.right:
        screen.say("The model's answer counts as right already.")
    elif result.broken or not result.calls:
        screen.say("The model gave no calls that could be right.", warn=True)
    elif is_large(answer := Sample(sample.query, result.calls)):
        screen.say("The model's answer is too large to be verified here.", warn=True)
    elif review.verdict(answer).status == "fail":
        screen.say("The model's answer fails verification, so it is not right.", warn=True)
    else:
        label = review.label(row)
        known = label.accept if label else ()
        deciding.decide(screen, "accepted", row=row, accept=(*known, result.calls))


def _result(review: Review, row: int) -> ModelResult | None:
    return review.answers.result(review.sample_id(row), review.label(row))


def _line(text: Text, name: str, words: str, styles: dict[str, str]) -> None:
    text.append(f"{_INDENT}{name}\t", styles["muted"])
    text.append(f"{visible(words)}\n")
