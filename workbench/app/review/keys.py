"""The keys of the review screen."""

from typing import Final

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, words: str, tooltip: str) -> Binding:
    name = words.lower().replace(" ", "-")
    return Binding(keys, action, words, id=f"review.{name}", tooltip=tooltip, show=False)


BINDINGS: Final[list[BindingType]] = [
    _key("a", "accept", "Accept", "Accept, and go to the next unreviewed one"),
    _key("x", "reject", "Reject", "Reject this sample at once"),
    _key("r", "reject_why", "Reject with a reason", "1–9 picks a reason, or type one"),
    _key("e", "edit", "Edit", "Change query and calls in a form, and accept"),
    _key("f", "fixes", "Fixes", "Show what the fixes would change; a accepts it"),
    _key("s", "skip", "Skip", "Put this sample off for later"),
    _key("c", "comment", "Comment", "Write a comment on this sample"),
    _key("t", "tags", "Tags", "Set tags, separated by commas"),
    _key("u,backspace", "undo", "Undo", "Take the latest decision back"),
    _key("U", "redo", "Redo", "Make the undone decision again"),
    _key("j", "move(1)", "Next sample", "One sample down"),
    _key("k", "move(-1)", "Previous sample", "One sample up"),
    _key("J", "unreviewed(1)", "Next unreviewed", "The next sample without a decision"),
    _key("K", "unreviewed(-1)", "Previous unreviewed", "The one before without a decision"),
    _key("ctrl+d", "half_page(1)", "Half a page down", "Half a page down"),
    _key("ctrl+u", "half_page(-1)", "Half a page up", "Half a page up"),
    _key("g,home", "first", "First sample", "The first sample of the list"),
    _key("G,end", "last", "Last sample", "The last sample of the list"),
    _key("slash", "search", "Search", "Filter by words and terms such as verdict:fail"),
    _key("n", "match(1)", "Next match", "The next sample that the last search finds"),
    _key("N", "match(-1)", "Previous match", "The one before that the last search finds"),
    _key("space", "mark", "Mark", "Mark this sample and step down"),
    _key("v", "mark_range", "Mark range", "Mark from the last marked sample to this one"),
    _key("asterisk", "mark_all", "Mark all", "Mark all samples in the filter, or none"),
    _key("A", "accept_all", "Accept many", "Accept what is marked, or filtered"),
    _key("R", "reject_all", "Reject many", "Reject what is marked, or filtered"),
    _key("o", "order", "Order", "By verdict, judge, property, similarity"),
    _key("F", "quick", "Quick filter", "To review, failing, warned, accepted"),
    _key("d", "near", "Near-duplicates", "Samples with nearly the same query"),
    _key("w", "also_right", "Also right", "Accept, and the model's answer too"),
    _key("m", "judge", "Judge", "A model judges; see what it is worth"),
    _key("O", "overview", "Overview", "Counts, plots, coverage of all"),
    _key("X", "export", "Export", "Write what is accepted as training records"),
    _key("p", "policy", "Policy", "Read the labelling policy"),
    _key("y", "copy", "Copy", "Copy this sample as JSON"),
    _key("ctrl+g", "generate", "Generate", "Generate samples while the review goes on"),
    _key("H", "runs", "Runs", "What was asked for it and its cost"),
    _key("ctrl+r,f5", "reload", "Reload", "Read the dataset file again after a change"),
    _key("tab", "pane", "Next pane", "Go between the list and the sample"),
    _key("escape", "back", "Back", "Stop a search, then clear filter and marks"),
    _key("q", "app.quit", "Quit", "Leave the workbench; all decisions are saved"),
]
IN_BAR: Final = (
    ("accept", "accept"),
    ("reject", "reject"),
    ("edit", "edit"),
    ("fixes", "fix"),
    ("undo", "undo"),
    ("search", "search"),
    ("help", "help"),
)
"""Actions that have a place in the bar below, each with its word there; the help stays longest."""
