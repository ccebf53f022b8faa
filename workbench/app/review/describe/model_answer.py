"""What an evaluated model answered, next to the signed answer: either may be wrong."""

from rich.text import Text

from workbench.app.glyphs import ANSWERS, plainly
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled, wrapped
from workbench.core.car.brief_calls import brief_calls, brief_text
from workbench.core.editing.sample_diff import diff
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, NAME, excerpt, shown
from workbench.core.text.plain import visible
from workbench.core.training.model_results import ModelResult, in_order_of
from workbench.jobs.review import Review

_INDENT = "   "
_LONGEST = 300
_BRIEF = 60
"""Characters of an answer told in a line."""
_SIGNS = {"-": ("- ", "error"), "+": ("+ ", "success"), " ": ("  ", "muted")}

_LEAD = " " * 6


def model_lines(review: Review, row: int, sample: Sample, look: DetailLook) -> list[DetailLine]:
    """Say whether a model was right, and what it answered; with details, how that differs."""
    result = review.model_result(row)
    if result is None:
        return []
    styles, sign = look.styles, ANSWERS[result.opinion]
    text = styled("model ", styles["muted"])
    style = "muted" if result.right else sign.style
    text.append(f"{sign.drawn(look.plain)} {sign.word}  ", styles[style])
    if result.right:
        text.append("as the other right answer" if result.accepted else "as signed")
    elif result.calls:
        words, _ = brief_text(brief_calls(result.calls[:MOST_CALLS], review.catalog), _BRIEF)
        text.append(f"answered {plainly(words, look.plain)}")
    elif not result.broken:
        text.append(f"it calls nothing. {visible(result.text[:_LONGEST])}")
    for broken in result.broken[:MOST_CALLS]:
        text.append(f"\n{_LEAD}unreadable: {visible(broken[:_LONGEST])}")
    if result.effect:
        text.append(f"\n{_LEAD}same effect in the car as the signed answer", styles["muted"])
    if look.details:
        text.append(f"\n{_LEAD}{shown(result.model, NAME)}", styles["muted"])
        text.append_text(_difference(review, result, sample, styles))
    return wrapped(text, look)


def _difference(
    review: Review, result: ModelResult, sample: Sample, styles: dict[str, str]
) -> Text:
    text = Text()
    if result.right or not result.calls:
        return text
    text.append(f"\n{_LEAD}- signed, + the model's", styles["muted"])
    signed, given = excerpt(sample), excerpt(Sample(sample.query, result.calls))
    if (signed is not sample) or len(given.answers) < len(result.calls):
        text.append(f"\n{_LEAD}only the first calls are compared", styles["muted"])
    answer = Sample(signed.query, in_order_of(signed.answers, given.answers))
    for line in diff(signed, answer, review.catalog):
        sign, style = _SIGNS[line.sign]
        text.append(f"\n{_INDENT}  {sign}{shown(line.text)}", styles[style])
    return text
