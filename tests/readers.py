"""Play a judge or a repairer: read what the real prompt asks, and answer in its form."""

from gemini_server.reading import cases, steps_of

from workbench.core.judge.votes import CONVERSATION_QUESTIONS

__all__ = [
    "cases",
    "fine",
    "fine_talk",
    "fixed",
    "fixed_talk",
    "is_judge",
    "judging",
    "steps_of",
    "wrong",
    "wrong_talk",
]


def fine(tag, **change):
    """Say that a sample is well."""
    return {
        "id": tag,
        "evidence": "The words ask for it, and the call does it.",
        "calls_follow": True,
        "nothing_left_undone": True,
        "nothing_unasked": True,
        "natural": True,
        "objections": [],
        "corrected_query": "",
        "corrected_answers": [],
    } | change


def wrong(tag, question="calls_follow", call=1, reason="the words name the passenger", **change):
    """Object to a sample."""
    objection = {"question": question, "call": call, "reason": reason}
    return fine(tag, **{question: False, "objections": [objection]}, **change)


def fine_talk(tag, **change):
    """Say that a conversation is well."""
    return {
        "id": tag,
        "evidence": "The words ask for it, and the steps do it.",
        **dict.fromkeys(CONVERSATION_QUESTIONS, True),
        "objections": [],
        "corrected_steps": [],
    } | change


def wrong_talk(tag, question="calls_follow", step=1, call=0, reason="it was not read", **change):
    """Object to a conversation."""
    objection = {"question": question, "step": step, "call": call, "reason": reason}
    return fine_talk(tag, **{question: False, "objections": [objection]}, **change)


def is_judge(asked):
    return "# Your task now: judge" in asked.prompt


def judging(server, opinion):
    """Have a server judge by `opinion`: of a case, whether it is well, or the whole answer."""

    def answer(asked):
        items = []
        for case in cases(asked.prompt):
            said = opinion(case)
            if isinstance(said, bool):
                well, ill = (fine_talk, wrong_talk) if case.is_conversation else (fine, wrong)
                said = well(case.tag) if said else ill(case.tag)
            items.append(said)
        return server.samples(items)

    server.answer = answer


def fixed(tag, query, calls):
    """Write a sample anew."""
    return {"id": tag, "evidence": "It was out of range.", "query": query, "answers": calls}


def fixed_talk(tag, item):
    """Write a conversation anew."""
    return {"id": tag, "evidence": "It was not read.", "steps": steps_of(item)}
