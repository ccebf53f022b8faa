"""What a judge says of a sample, and how far to trust it."""

from workbench.app.glyphs import OPINIONS
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled, wrapped
from workbench.core.judge.report import kappa_words
from workbench.core.samples import Sample
from workbench.core.text.excerpts import shown
from workbench.jobs.review import Review

_LEAD = " " * 6


def judge_lines(review: Review, sample: Sample, look: DetailLook) -> list[DetailLine]:
    """Say what a judge says, on what evidence, and what that is worth; with details, who it is."""
    judgement = review.judgement(sample)
    if judgement is None:
        return []
    styles, sign = look.styles, OPINIONS[judgement.opinion]
    text = styled("judge ", styles["muted"])
    split = f" ({judgement.split})" if judgement.split else ""
    style = sign.style if judgement.opinion == "wrong" else "muted"
    text.append(f"{sign.drawn(look.plain)} {sign.word}{split}", styles[style])
    evidence = next((vote.evidence for vote in judgement.votes if vote.evidence), "")
    if evidence:
        text.append(f"  {look.quoted(shown(evidence))}")
    report = review.opinions.report_on(judgement)
    worth = kappa_words(report.overall) if report else "not compared with people yet"
    if look.details:
        text.append(f"\n{_LEAD}model {shown(judgement.model)}", styles["muted"])
        text.append(f"\n{_LEAD}reliability: {shown(worth)}", styles["muted"])
    elif review.opinions.reports:
        text.append(f"  {shown(worth)}", styles["muted"])
    return wrapped(text, look)
