"""The tasks of a second reader, judge and repair, and the template that each sample is asked by."""

from typing import Literal

from workbench.core.samples import CONVERSATION_PREFIX

ReaderTask = Literal["judge", "repair"]

ReaderTemplate = Literal["judge", "repair", "judge_conversation", "repair_conversation"]
"""A template's name. Conversations have their own, so that a change to one kind of question leaves
the answers to the other in use.
"""


def template_for(task: ReaderTask, sample_id: str) -> ReaderTemplate:
    """Return the template by which a sample is asked about."""
    if task == "judge":
        return "judge_conversation" if is_conversation_id(sample_id) else "judge"
    return "repair_conversation" if is_conversation_id(sample_id) else "repair"


def is_conversation_id(sample_id: str) -> bool:
    """Whether a content id is a conversation's."""
    return sample_id.startswith(CONVERSATION_PREFIX)
