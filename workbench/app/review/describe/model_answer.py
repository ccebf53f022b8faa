"""What an evaluated model answered, next to the signed answer: either may be wrong."""

from rich.text import Text

from workbench.app.glyphs import ANSWERS, plainly
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled, wrapped
from workbench.core.car.brief_calls import brief_calls, brief_text
from workbench.core.car.catalog import Catalog
from workbench.core.editing.sample_diff import diff
from workbench.core.samples import Sample, turns
from workbench.core.text.excerpts import MOST_CALLS, NAME, excerpt, shown
from workbench.core.text.plain import visible
from workbench.core.training.model_results import ModelResult, in_order_of
from workbench.jobs.review import Review

_INDENT = "   "
_LONGEST = 300
_STEPS = 6
"""The most steps that are named."""
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
        also = "as the other right answer" if result.accepted else "as signed"
        text.append("in each turn, driving the car itself" if result.driven else also)
    else:
        _answer(text, result, sample, review.catalog, look)
    for broken in result.broken[:MOST_CALLS]:
        text.append(f"\n{_LEAD}unreadable: {visible(broken[:_LONGEST])}")
    if result.effect and not result.driven:
        text.append(f"\n{_LEAD}same effect in the car as the signed answer", styles["muted"])
    if result.later:
        steps = ", ".join(str(one.step + 1) for one in result.later[:_STEPS])
        more = ", …" if len(result.later) > _STEPS else ""
        words = f"also wrong in step{'s' if result.later[1:] else ''} {steps}{more}"
        text.append(f"\n{_LEAD}{plainly(words, look.plain)}", styles["muted"])
    if look.details:
        text.append(f"\n{_LEAD}{shown(result.model, NAME)}", styles["muted"])
        text.append_text(_difference(review, result, sample, styles))
    return wrapped(text, look)


def model_step(review: Review, row: int, sample: Sample) -> int | None:
    """Return the step of a conversation below which a model's wrong answer is shown, None if there
    isn't one.
    """
    result = review.model_result(row)
    if result is None or result.right or result.step >= len(sample.steps):
        return None
    if not result.driven:
        return result.step
    return next(turn.stop - 1 for turn in turns(sample) if result.step in turn)


def _answer(
    text: Text, result: ModelResult, sample: Sample, catalog: Catalog, look: DetailLook
) -> None:
    """Say what a model answered."""
    said = visible(result.text[:_LONGEST])
    words, _ = brief_text(brief_calls(result.calls[:MOST_CALLS], catalog), _BRIEF)
    if result.driven:
        did = [f"called {words}"] if result.calls else []
        did += [f"said {look.quoted(said)}"] if said.strip() else []
        did += result.faults
        text.append("driving the car itself, it")
        for one in did or ["did nothing"]:
            text.append(f"\n{_LEAD}{plainly(one, look.plain)}")
    elif result.calls:
        text.append(f"answered {plainly(words, look.plain)}")
    elif not result.broken and sample.is_conversation:
        apart = f"\n{_LEAD}" if len(said) > _BRIEF // 2 else ""
        text.append(f"{apart}said {look.quoted(said)}" if said.strip() else "said nothing")
    elif not result.broken:
        text.append(f"it calls nothing. {said}")


def _difference(
    review: Review, result: ModelResult, sample: Sample, styles: dict[str, str]
) -> Text:
    text = Text()
    if result.right or not result.calls or result.driven:
        return text
    text.append(f"\n{_LEAD}- signed, + the model's", styles["muted"])
    own = sample
    if sample.is_conversation:
        own = Sample(sample.query, sample.steps[result.step].answers)
    signed, given = excerpt(own), excerpt(Sample(sample.query, result.calls))
    if (signed is not own) or len(given.answers) < len(result.calls):
        text.append(f"\n{_LEAD}only the first calls are compared", styles["muted"])
    answer = Sample(signed.query, in_order_of(signed.answers, given.answers))
    for line in diff(signed, answer, review.catalog):
        sign, style = _SIGNS[line.sign]
        text.append(f"\n{_INDENT}  {sign}{shown(line.text)}", styles[style])
    return text
