"""The keys of the review screen."""

from typing import Final

from textual.binding import BindingType

from workbench.app.bindings import key
from workbench.app.review.quick import KEYED

BINDINGS: Final[list[BindingType]] = [
    key("review", "a", "accept", "Accept", "Accept, and go to the next one to do"),
    key("review", "x", "reject", "Reject", "Reject this sample at once"),
    key("review", "r", "reject_why", "Reject with a reason", "1–9 picks a reason, or type one"),
    key("review", "e", "edit", "Edit", "Change query and calls in a form, and accept"),
    key("review", "f", "fixes", "Fixes", "Show what the fixes would change; a accepts it"),
    key(
        "review",
        "exclamation_mark",
        "call_wrong",
        "Finding is wrong",
        "Mark a finding as wrong: it no longer counts",
    ),
    key("review", "s", "skip", "Skip", "Skip for now"),
    key("review", "c", "comment", "Comment", "Write a comment on this sample"),
    key("review", "t", "tags", "Tags", "Set tags, separated by commas"),
    key("review", "u,backspace", "undo", "Undo", "Undo the latest decision"),
    key("review", "U", "redo", "Redo", "Redo what was undone"),
    key("review", "j", "move(1)", "Next sample", "One sample down"),
    key("review", "k", "move(-1)", "Previous sample", "One sample up"),
    key(
        "review",
        "J",
        "unreviewed(1)",
        "Next to do",
        "The next sample to do: undecided or skipped",
        name="next-unreviewed",
    ),
    key(
        "review",
        "K",
        "unreviewed(-1)",
        "Previous to do",
        "The previous sample to do",
        name="previous-unreviewed",
    ),
    key("review", "ctrl+d", "half_page(1)", "Half a page down", "Half a page down"),
    key("review", "ctrl+u", "half_page(-1)", "Half a page up", "Half a page up"),
    key("review", "g,home", "first", "First sample", "The first sample of the list"),
    key("review", "G,end", "last", "Last sample", "The last sample of the list"),
    key("review", "slash", "search", "Search", "Filter by words and terms such as verdict:fail"),
    key("review", "n", "match(1)", "Next match", "The next match of the latest search"),
    key("review", "N", "match(-1)", "Previous match", "The previous match of the latest search"),
    key("review", "space", "mark", "Mark", "Mark this sample and step down"),
    key("review", "v", "mark_range", "Mark range", "Mark from the last marked sample to this one"),
    key("review", "asterisk", "mark_all", "Mark all", "Mark all samples in the filter, or none"),
    key(
        "review",
        "A",
        "accept_all",
        "Accept the screen",
        "All that is in sight, or all marked",
        name="accept-many",
    ),
    key("review", "R", "reject_all", "Reject marked", "All marked samples", name="reject-many"),
    key("review", "l", "alone", "List alone", "The list in full width, or beside a sample"),
    key("review", "o", "order", "Order", "By property, verdict, risk, kind, and others"),
    key("review", "F", "quick", "Quick filter", "Each with the number of its samples"),
    *(
        key("review", str(n), f"filter({n})", f"Filter {one.word}", one.words.capitalize())
        for n, one in enumerate(KEYED, 1)
    ),
    key("review", "number_sign", "number", "Go to number", "Go to a sample by its number"),
    key("review", "d", "near", "Near-duplicates", "Samples with nearly the same query"),
    key("review", "w", "also_right", "Also right", "Accept, and the model's answer as well"),
    key("review", "m", "judge", "Judge", "Ask an LLM judge; see how reliable it is"),
    key("review", "O", "overview", "Overview", "Counts, plots, coverage of all"),
    key("review", "S", "summary", "Summary", "What is decided, and what is left to do"),
    key("review", "X", "export", "Export", "Write what is accepted as training records"),
    key("review", "p", "policy", "Policy", "Read the labelling policy"),
    key("review", "V", "drive", "Drive", "Try calls on a car as this sample begins"),
    key("review", "y", "copy", "Copy", "Copy this sample as JSON"),
    key("review", "ctrl+g", "generate", "Generate", "Generate samples while the review goes on"),
    key("review", "H", "runs", "Runs", "Past runs and what they cost"),
    key("review", "ctrl+r,f5", "reload", "Reload", "Read the dataset file again after a change"),
    key("review", "z", "details", "Details", "Show or hide descriptions, and calls as code"),
    key(
        "review", "ctrl+f", "scroll_detail", "Scroll", "Scroll the sample, from its end to the top"
    ),
    key(
        "review",
        "right_parenthesis",
        "step(1)",
        "Next step",
        "The next step of a conversation",
        name="next-step",
    ),
    key(
        "review",
        "left_parenthesis",
        "step(-1)",
        "Previous step",
        "The step of a conversation before",
        name="previous-step",
    ),
    key("review", "tab", "pane", "Next pane", "Switch between list and detail"),
    key("review", "escape", "back", "Back", "Stop a search, then clear filter and marks"),
    key("review", "q", "app.quit", "Quit", "Leave the workbench; all decisions are saved"),
]
IN_BAR: Final = (
    ("accept", "accept"),
    ("accept_all", "accept screen"),
    ("reject", "reject"),
    ("edit", "edit"),
    ("fixes", "fix"),
    ("undo", "undo"),
    ("search", "search"),
    ("alone", "list"),
    ("order", "order"),
    ("skip", "skip"),
    ("number", "go to"),
    ("help", "help"),
)
"""Actions that have a place in the bar below, each with its word there; the help stays longest."""
IN_SEARCH: Final = (
    ("enter", "filter"),
    ("esc", "cancel"),
    ("tab", "complete"),
    ("up/down", "move"),
)
"""What stands there while one types a search."""
