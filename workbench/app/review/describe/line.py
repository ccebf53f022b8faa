"""One line of the sample list, as text."""

from workbench.app.glyphs import ANSWERS, DECISIONS, OPINIONS, VERDICTS
from workbench.core.text.excerpts import shown
from workbench.jobs.review import Review

_WIDE = 60
"""From this width on a decision is a whole word."""


def decision_of(review: Review, row: int) -> str:
    """Return the key of a row's decision in `DECISIONS`."""
    label = review.label(row)
    if label is None or label.decision is None:
        return ""
    if review.is_stale(row):
        return "stale"
    if label.edited is None or label.decision == "skipped":
        return label.decision
    return "rejected edit" if label.decision == "rejected" else "edited"


def line(review: Review, row: int, width: int, plain: bool) -> list[tuple[str, str]]:
    """Return a row as (text, style name) pieces, in all `width` cells or fewer."""
    sample = review.in_force(row)
    verdict = VERDICTS[review.status(row)]
    decision = DECISIONS[decision_of(review, row)]
    mark = ("x" if plain else "▌") if row in review.marks else " "
    word = decision.word if width >= _WIDE else decision.word[:3]
    pieces = [
        (mark, "accent"),
        (f"{verdict.drawn(plain)} {verdict.word:4} ", verdict.style),
        (f"{decision.drawn(plain)} {word:{8 if width >= _WIDE else 3}} ", decision.style),
    ]
    if sample is None:
        return [*pieces, (" – ", "secondary"), ("(no sample: unusable item)", "secondary")]
    pieces.append((f"{len(sample.answers):>2} ", "secondary"))
    if review.opinions:
        judgement = review.judgement(sample)
        opinion = OPINIONS[judgement.opinion if judgement else ""]
        letter = "j" if judgement else " "
        pieces.append((f"{letter}{opinion.drawn(plain)} ", opinion.style))
    if review.answers:
        result = review.model_result(row)
        answer = ANSWERS[result.opinion if result else ""]
        letter = "m" if result else " "
        pieces.append((f"{letter}{answer.drawn(plain)} ", answer.style))
    return [*pieces, (shown(sample.query, 2 * width), "")]
