"""Match saved answers to records by query, each answer to one record."""

from collections import defaultdict
from collections.abc import Iterable

from workbench.adapters.answers import Answer
from workbench.core.training.gold import Gold


class SavedAnswers:
    """Answers, each to be taken once."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._left: dict[str, list[Answer]] = defaultdict(list)
        for answer in answers:
            self._left[answer.query].append(answer)

    def pop(self, gold: Gold) -> Answer | None:
        """Return the answer to a record, None if there isn't one.

        Of several, it prefers one that isn't a failure, then one to the question as it is now, then
        to what is signed now, then the one of the same try, then the earliest.
        """
        left = self._left.get(gold.sample.query)
        if not left:
            return None
        best = min(
            left,
            key=lambda one: (
                bool(one.error),
                is_stale(one, gold),
                one.gold != gold.sample.id,
                one.attempt != gold.attempt,
            ),
        )
        left.remove(best)
        return best


def is_stale(answer: Answer, gold: Gold) -> bool:
    """Whether the query was asked with other functions or another message before it."""
    return bool(answer.asked) and answer.asked != gold.asked
