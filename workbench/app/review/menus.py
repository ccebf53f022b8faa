"""What opens over the review: menus of orders and filters, near-duplicates, overview, policy."""

from typing import TYPE_CHECKING

from rich.text import Text

from workbench.app.dialogs import Menu, TextScreen
from workbench.app.review.searching import search
from workbench.app.review.showing import make_view
from workbench.core.car.brief import policy_text
from workbench.core.json.text import dumps
from workbench.core.samples import to_item
from workbench.core.text.excerpts import EDITABLE, is_large, short, shown, size_words
from workbench.core.text.plain import visible
from workbench.jobs.analyst import Failure

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

ORDERS = {
    "file": "as in the file",
    "verdict": "failing first, then warned",
    "judge": "judge against rules: their disagreements first",
    "property": "by the first call's property",
    "similarity": "near-duplicates side by side",
}
QUICK = (
    ("decision:none,skipped", "to review"),
    ("verdict:fail", "failing"),
    ("verdict:warn", "warned"),
    ("judge:wrong decision:none,skipped", "judged wrong, to review"),
    ("model:wrong", "the model gets wrong"),
    ("decision:accepted", "accepted"),
    ("decision:rejected", "rejected"),
    ("decision:edited", "edited"),
    ("decision:skipped", "skipped"),
    ("decision:stale", "stale"),
    ("verdict:pass decision:none,skipped", "passing, to review"),
)


def ask_order(screen: "ReviewScreen") -> None:
    """Ask for an order."""
    choices = [(name, Text(f"{name:12} {words}")) for name, words in ORDERS.items()]

    def take(name: str | None) -> None:
        if name is not None:
            make_view(screen, screen.wanted, name)

    screen.app.push_screen(Menu("Order", choices), take)


def ask_quick(screen: "ReviewScreen") -> None:
    """Ask for a quick filter."""
    choices = [(text, Text(f"{words:24} {text}")) for text, words in QUICK]

    def take(text: str | None) -> None:
        if text is not None:
            search(screen, text)

    screen.app.push_screen(Menu("Quick filter", choices), take)


def near(screen: "ReviewScreen") -> None:
    """List the near-duplicates of the sample under the cursor."""
    row = screen.review.row
    if row is None or screen.review.sample(row) is None:
        screen.say("There is no sample here to compare.", warn=True)
    elif screen.analyst is None:
        screen.say("Near-duplicates are looked for once verification has begun.", warn=True)
    else:
        screen.run_worker(_near(screen, row), group="near", exit_on_error=False, exclusive=True)


async def _near(screen: "ReviewScreen", row: int) -> None:
    assert screen.analyst is not None
    if not screen.review.all_known:
        screen.say("Near-duplicates come once all samples are read.")
    found = await screen.analyst.near(row)
    if isinstance(found, Failure):
        screen.say(f"Near-duplicates cannot be looked for: {found.message}", warn=True)
        return
    if not found:
        screen.say(f"No sample has nearly the same query as #{row}.")
        return
    if screen.app.screen is not screen:
        return  # something else was opened meanwhile; nothing is to come over it
    choices = []
    for other, score in found:
        sample = screen.review.sample(other)
        query = shown(sample.query) if sample else ""
        choices.append((str(other), Text(f"{score:.2f}  #{other}  {query}", no_wrap=True)))

    def take(choice: str | None) -> None:
        if choice is None:
            return
        if screen.review.go_to(int(choice)):
            screen.cursor_to(screen.review.cursor)
            screen.samples.refresh()
        else:
            back = screen.keys["back"]
            screen.say(f"#{choice} is not in this list; {back} shows all.", warn=True)

    screen.app.push_screen(Menu(f"Near-duplicates of #{row}", choices), take)


def overview(screen: "ReviewScreen") -> None:
    """Show counts and coverage; what is picked there becomes the filter."""
    from workbench.app.overview.screen import OverviewScreen  # see `later`

    def take(text: str | None) -> None:
        if text is not None:
            search(screen, text)

    screen.app.push_screen(OverviewScreen(screen.review), take)


def export(screen: "ReviewScreen") -> None:
    """Open the export screen."""
    from workbench.app.export.screen import ExportScreen  # see `later`

    screen.app.push_screen(ExportScreen(screen.review))


def runs(screen: "ReviewScreen") -> None:
    """Open the runs screen."""
    from workbench.app.runs.screen import RunsScreen  # see `later`

    screen.app.push_screen(RunsScreen(screen.review.path))


def policy(screen: "ReviewScreen") -> None:
    """Show the labelling policy."""
    verifier = screen.review.verifier
    lines = short(policy_text(verifier.catalog, verifier.words.policy), EDITABLE).splitlines()
    text = Text("\n".join(map(visible, lines)))
    screen.app.push_screen(TextScreen("The labelling policy", text))


def copy(screen: "ReviewScreen") -> None:
    """Copy the sample under the cursor."""
    row = screen.review.row
    sample = None if row is None else screen.review.in_force(row)
    if sample is None:
        screen.say("There is no sample here to copy.", warn=True)
        return
    if is_large(sample, EDITABLE):
        screen.say(f"This sample is too large to copy ({size_words(sample)}).", warn=True)
        return
    screen.app.copy_to_clipboard(dumps(to_item(sample)).decode())
    screen.say("Copied as JSON, if this terminal lets programs copy.")
