"""What a judge says of a sample, and what that is worth."""

from rich.text import Text

from workbench.app.glyphs import OPINIONS
from workbench.core.judge.report import kappa_words
from workbench.core.samples import Sample
from workbench.core.text.excerpts import shown
from workbench.jobs.review import Review

_INDENT = "   "


def head(review: Review, sample: Sample, styles: dict[str, str], plain: bool) -> Text:
    """Say what the judge says in a word or two, beside the rules' verdict."""
    judgement = review.judgement(sample)
    if judgement is None:
        return Text()
    sign = OPINIONS[judgement.opinion]
    split = f" ({judgement.split})" if judgement.split else ""
    text = Text("  judge ", styles["muted"])
    return text.append(f"{sign.drawn(plain)} {sign.word}{split}", styles[sign.style])


def section(review: Review, sample: Sample, styles: dict[str, str]) -> Text:
    """Say by whom a sample was judged, on what evidence, and what that judge is worth."""
    text = Text()
    judgement = review.judgement(sample)
    if judgement is None:
        return text
    text.append("\nThe judge\n", styles["heading"])
    evidence = next((vote.evidence for vote in judgement.votes if vote.evidence), "")
    report = review.opinions.report
    worth = "not weighed against people yet"
    if report and (report.model, report.prompt) == (judgement.model, judgement.prompt):
        worth = kappa_words(report.overall)
    rows = [("model", judgement.model), ("worth", worth), ("says", evidence)]
    for name, words in rows:
        if words:
            text.append(f"{_INDENT}{name}\t", styles["muted"])
            text.append(f"{shown(words)}\n")
    return text
