"""Other right answers to a query, kept in the edit screen alongside the signed one."""

from collections.abc import Iterable

from textual.content import Content

from workbench.core.car.words import call_words
from workbench.core.review.labels import Calls, other_answers
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, MOST_LINES, excerpt_call, shown


class AlsoRight:
    """A sample's alternatives. answers: the current ones. changed: whether they differ from
    before.
    """

    def __init__(self, answers: Iterable[Calls] = ()) -> None:
        self._before = self.answers = tuple(answers)

    @property
    def changed(self) -> bool:
        return self.answers != self._before

    def put_back(self, answers: Iterable[Calls]) -> None:
        """Replace the alternatives, for instance with those of a draft."""
        self.answers = tuple(answers)

    def toggle(self, draft: Sample) -> bool:
        """Mark a draft's calls as also right, or unmark them; returns whether they are now
        marked.
        """
        kept = other_answers(None, [*self.answers, draft.answers])
        if len(kept) > len(self.answers):
            self.answers = kept
            return True
        self.answers = other_answers(draft, self.answers)
        return False

    def lines(self) -> list[Content]:
        """Write the alternatives, a line for each call."""
        found = []
        for answer in self.answers[:MOST_LINES]:
            words = "; ".join(call_words(excerpt_call(call)) for call in answer[:MOST_CALLS])
            found.append(Content.styled(f"also right: {shown(words) or 'no call'}", "$primary"))
        return found
