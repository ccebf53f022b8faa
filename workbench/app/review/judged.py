"""What a judge means for the review: a key that asks it, news as it comes, and its words."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import App

from workbench.app.dialogs import ConfirmPrompt
from workbench.app.glyphs import OPINIONS
from workbench.app.judge.running import Judging, judging_of
from workbench.app.review import showing
from workbench.core.judge.report import kappa_words
from workbench.core.samples import Sample
from workbench.core.text.excerpts import shown
from workbench.core.text.plain import visible
from workbench.jobs.review import Review

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_ASK_ABOVE = 200
"""From so many samples on it is asked whether that is meant: a judge is paid by the sample."""
_INDENT = "   "


def begin(screen: "ReviewScreen") -> None:
    """Read what models said, and find out what the judge is worth."""
    screen.run_worker(_load(screen), group="weigh", exit_on_error=False, exclusive=True)


async def _load(screen: "ReviewScreen") -> None:
    opinions = screen.review.opinions
    if not opinions.loaded:
        await asyncio.to_thread(_read, screen.review)
        for problem in _problems(screen.review):
            screen.notify(visible(problem), severity="warning", markup=False, timeout=10)
        screen.show_all()
    await _weigh(screen)


def _read(review: Review) -> None:
    review.answers.load(review.path)
    review.opinions.load(review.path)


def _problems(review: Review) -> Iterator[str]:
    yield from filter(None, (review.opinions.problem, review.answers.problem))
    changed = review.answers.changed(review.store)
    if changed:
        samples = "1 sample was" if changed == 1 else f"{changed:,} samples were"
        yield (
            f"{samples} signed anew since a model was evaluated on them; what it answered counts "
            "no more. `workbench evaluate --labels` scores anew."
        )


def weigh(screen: "ReviewScreen") -> None:
    """Hold the judge against people, a piece at a time."""
    screen.run_worker(_weigh(screen), group="weigh", exit_on_error=False, exclusive=True)


async def _weigh(screen: "ReviewScreen") -> None:
    review = screen.review
    there = set(review.opinions.ids())
    if review.all_known:
        there &= {facets.id for facets in review.facets if facets}
    for _ in review.opinions.weigh(review.store, review.catalog_hash, there):
        await asyncio.sleep(showing.BREATH)
    await asyncio.to_thread(review.opinions.count)
    if screen.judgement is not None:
        screen.show_sample()


def open_judge(screen: "ReviewScreen") -> None:
    """Ask what to judge."""
    screen.run_worker(_open(screen), group="weigh", exit_on_error=False, exclusive=True)


async def _open(screen: "ReviewScreen") -> None:
    from workbench.app.judge.screen import JudgeScreen, Which  # see `later`

    await _load(screen)
    judging, review = judging_of(screen.app), screen.review
    if judging is None or screen.app.screen is not screen:
        return
    row = review.row
    choices: list[tuple[Which, str, int]] = []
    if judging.alive:
        choices = [("stop", "stop judging; what came in is kept", 0)]
    else:
        if row is not None and review.sample(row):
            choices.append(("cursor", f"this sample, #{row}", 1))
        if review.marks:
            choices.append(("marked", "what is marked", len(review.marks)))
        if review.view:
            words = "what the filter shows" if review.search else "all samples"
            choices.append(("list", words, len(review.view)))

    def take(which: Which | None) -> None:
        if which == "stop":
            judging.cancel()
        elif which is not None:
            rows = sorted(review.marks) if which == "marked" else list(review.view)
            if which == "cursor":
                rows = [] if row is None else [row]
            _judge(screen, judging, rows)

    screen.app.push_screen(JudgeScreen(review.opinions.report, choices), take)


def _judge(screen: "ReviewScreen", judging: Judging, rows: list[int]) -> None:
    def start(agreed: bool | None) -> None:
        if agreed:
            screen.run_worker(_start(screen, judging, rows), group="judge", exit_on_error=False)

    if len(rows) > _ASK_ABOVE:
        screen.app.push_screen(ConfirmPrompt(f"Have {len(rows):,} samples judged?"), start)
    else:
        start(True)


async def _start(screen: "ReviewScreen", judging: Judging, rows: list[int]) -> None:
    samples: list[Sample] = []
    for place, row in enumerate(rows, start=1):
        sample = screen.review.in_force(row)
        if sample is not None:
            samples.append(sample)
        if place % 400 == 0:
            await asyncio.sleep(showing.BREATH)
    if samples:
        judging.start(screen.review, samples)
        screen.show_status()
    else:
        screen.say("There is no sample here to judge.", warn=True)


def take_in(screen: "ReviewScreen", event: Judging.Changed) -> None:
    """Show what has come; a sample that one reads is drawn anew only if it is about that."""
    screen.samples.refresh()
    row = screen.review.row
    sample = None if row is None else screen.review.in_force(row)
    if sample and screen.review.judgement(sample) is not screen.judgement:
        screen.show_sample()
    screen.show_status()
    judging = judging_of(screen.app)
    if not event.ended or judging is None or judging.now is None:
        return
    now = judging.now
    weigh(screen)
    if screen.order == "judge" or screen.review.search:
        showing.refresh_view(screen)
    cost = f", {now.cost}" if now.cost else ""
    end = {"stopped": "Judging stopped", "failed": "Judging failed"}.get(now.state, "Judged")
    why = visible(now.problem)
    if now.state == "failed" and not now.done:
        told = f"{end}: {why}"
    else:
        told = f"{end}: {now.words}{cost}. {why[:1].upper()}{why[1:]}".strip()
    screen.say(told, warn=bool(now.problem))


def notice_of(app: "App[object]") -> str:
    """Tell of a judging under way in a line, "" where there is none."""
    judging = judging_of(app)
    return judging.now.words if judging and judging.alive and judging.now else ""


def head(review: Review, sample: Sample, styles: dict[str, str], plain: bool) -> Text:
    """Say what the judge says in a word or two, beside the rules' verdict."""
    judgement = review.judgement(sample)
    if judgement is None:
        return Text()
    sign = OPINIONS[judgement.opinion]
    split = f" ({judgement.split})" if judgement.split else ""
    text = Text("  judge ", styles["muted"])
    return text.append(
        f"{sign.plain if plain else sign.glyph} {sign.word}{split}", styles[sign.style]
    )


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
