"""What a judge said of a sample: one vote, or several with the majority deciding."""

from typing import Literal

import msgspec

from workbench.core.judge.tasks import is_conversation_id
from workbench.core.samples import Sample

MOST_VOTES = 15
"""The most votes that a sample is given."""

Question = Literal[
    "calls_follow",
    "nothing_left_undone",
    "nothing_unasked",
    "natural",
    "no_needless_question",
    "refusals_right",
    "replies_true",
]
"""The questions asked about a sample; true is good."""

QUESTIONS: tuple[Question, ...] = (
    "calls_follow",
    "nothing_left_undone",
    "nothing_unasked",
    "natural",
)
"""Those about a request and its calls."""
CONVERSATION_QUESTIONS: tuple[Question, ...] = (
    *QUESTIONS,
    "no_needless_question",
    "refusals_right",
    "replies_true",
)
"""Those about a conversation."""

CODE_OF: dict[Question, str] = {
    "calls_follow": "judge.call_unfounded",
    "nothing_left_undone": "judge.left_undone",
    "nothing_unasked": "judge.done_unasked",
    "natural": "judge.unnatural",
    "no_needless_question": "judge.needless_question",
    "refusals_right": "judge.should_refuse",
    "replies_true": "judge.reply_untrue",
}


def questions_about(sample_id: str) -> tuple[Question, ...]:
    """Return the questions that are asked about a sample."""
    return CONVERSATION_QUESTIONS if is_conversation_id(sample_id) else QUESTIONS


JudgeOpinion = Literal["ok", "wrong"]


class Objection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a judge objects to.

    step: the number of a conversation's step from 1, 0 for no single one, and for single requests.
    call: the number of a call in it from 1, 0 for no single call.
    """

    question: Question
    reason: str
    call: int = 0
    step: int = 0


class Vote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One reading of a sample.

    number: counts from 1. time: when the answer came (UTC, ISO 8601). evidence: what it is based
    on. objections: one or more for each question answered with no; none if all is well. corrected:
    the sample as it should be, if the judge says.
    """

    number: int
    time: str = ""
    evidence: str = ""
    objections: tuple[Objection, ...] = ()
    corrected: Sample | None = None


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """All votes of one model, asked by one prompt, about one content. id: the sample's."""

    id: str
    model: str
    prompt: str
    votes: tuple[Vote, ...]

    @property
    def against(self) -> int:
        """How many votes object."""
        return sum(bool(vote.objections) for vote in self.votes)

    @property
    def opinion(self) -> JudgeOpinion:
        """What the majority says; in a tie, those against win."""
        return "wrong" if 2 * self.against >= len(self.votes) else "ok"

    @property
    def split(self) -> str:
        """How many votes share the opinion, such as `2 of 3`; "" for a single vote."""
        if len(self.votes) < 2:
            return ""
        count = self.against if self.opinion == "wrong" else len(self.votes) - self.against
        return f"{count} of {len(self.votes)}"

    @property
    def unanimous(self) -> bool:
        """Whether all votes share the opinion."""
        return self.against in (0, len(self.votes))

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions answered with no by at least half of the votes that object."""
        if self.opinion == "ok":
            return ()
        return tuple(q for q in questions_about(self.id) if 2 * self.votes_on(q) >= self.against)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its findings."""
        return tuple(CODE_OF[question] for question in self.questions)

    @property
    def time(self) -> str:
        """When the latest vote came."""
        return max((vote.time for vote in self.votes), default="")

    @property
    def first_time(self) -> str:
        """When the first vote came."""
        return min((vote.time for vote in self.votes), default="")

    def votes_on(self, question: Question) -> int:
        """Count the votes that answer a question with no."""
        return sum(any(o.question == question for o in vote.objections) for vote in self.votes)


def disagree(rules: str, judgement: Judgement) -> bool:
    """Whether judge and rules, or the votes among themselves, disagree.

    rules: the verdict in a word, "" if it is unknown.
    """
    if not judgement.unanimous:
        return True
    return (judgement.opinion == "wrong") == (rules == "pass") and rules != ""
