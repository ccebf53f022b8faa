"""Play a judge or a repairer: read what the real prompt asks, and answer in its form."""

from gemini_server.reading import cases

__all__ = ["cases", "fine", "fixed", "is_judge", "judging", "wrong"]


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


def is_judge(asked):
    return "# Your task now: judge" in asked.prompt


def judging(server, opinion):
    """Have a server judge by `opinion`: of a case, whether it is well, or the whole answer."""

    def answer(asked):
        items = []
        for case in cases(asked.prompt):
            said = opinion(case)
            if isinstance(said, bool):
                said = fine(case.tag) if said else wrong(case.tag)
            items.append(said)
        return server.samples(items)

    server.answer = answer


def fixed(tag, query, calls):
    """Write a sample anew."""
    return {"id": tag, "evidence": "It was out of range.", "query": query, "answers": calls}
