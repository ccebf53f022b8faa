"""Every finding code, its severity and its meaning: the one table, repeated in the manual."""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Code(NamedTuple):
    """A code's severity and what it means, in one line.

    dismissible: whether a reviewer may call such a finding wrong. Not if it states a fact: the item
    is no training record, the car refuses the call, a text steers the chat template. Nor if it is
    no objection.
    """

    severity: Severity
    meaning: str
    dismissible: bool = True


def reason_words(code: str) -> str:
    """Write the code that says why something is refused as words: `value out of range`."""
    return code.rpartition(".")[2].replace("_", " ")


CODES: dict[str, Code] = {
    "format.unusable": Code("error", "the item cannot be read as a sample", dismissible=False),
    "format.unchecked": Code(
        "error", "the sample is too large or odd to be checked", dismissible=False
    ),
    "format.empty_query": Code("error", "the query has no words", dismissible=False),
    "format.long_query": Code("warning", "the query or a reply is longer than anyone would speak"),
    "format.unclean_query": Code(
        "warning", "the query or a reply contains control or invisible characters"
    ),
    "format.lookalike": Code(
        "warning", "the query or a reply contains letters that only look plain"
    ),
    "format.chat_marker": Code(
        "warning", "a text contains markers that steer a model's chat template", dismissible=False
    ),
    "format.duplicate_key": Code("error", "a key appears twice in an object", dismissible=False),
    "format.no_calls": Code("error", "the sample has no tool call", dismissible=False),
    "format.unknown_function": Code(
        "error", "no such function in the functions file", dismissible=False
    ),
    "format.missing_argument": Code("error", "a required argument is missing", dismissible=False),
    "format.unknown_argument": Code(
        "error", "the function has no such parameter", dismissible=False
    ),
    "format.wrong_type": Code(
        "error", "the argument's JSON type is not the parameter's", dismissible=False
    ),
    "format.out_of_bounds": Code(
        "error", "a number does not fit the parameter's format", dismissible=False
    ),
    "format.empty_step": Code("error", "a step has neither calls nor a reply", dismissible=False),
    "format.calls_and_reply": Code(
        "error", "a step has calls and a reply; they are two steps", dismissible=False
    ),
    "format.no_words": Code(
        "error", "nobody speaks after a reply, and yet it goes on", dismissible=False
    ),
    "format.unknown_reply": Code("error", "there is no such kind of reply", dismissible=False),
    "format.empty_reply": Code("error", "a reply has no words", dismissible=False),
    "format.reply_parts": Code(
        "error", "a reply lacks what its kind needs, or has what it can't have", dismissible=False
    ),
    "format.state": Code(
        "error", "the state at the beginning isn't one that the car can be in", dismissible=False
    ),
    "format.redundant_state": Code(
        "info", "a value of the state is the car's first one anyway", dismissible=False
    ),
    "format.state_order": Code(
        "info", "the state's values aren't in the catalogue's order", dismissible=False
    ),
    "format.not_read": Code("info", "there are more findings than are listed", dismissible=False),
    "execution.unknown_property": Code(
        "error", "the vehicle has no such property", dismissible=False
    ),
    "execution.unknown_category": Code(
        "error", "properties are listed by a category that there isn't", dismissible=False
    ),
    "execution.wrong_function": Code(
        "error", "the function's type is not the property's", dismissible=False
    ),
    "execution.not_readable": Code(
        "error", "a get on a property that can only be written", dismissible=False
    ),
    "execution.not_writable": Code(
        "error", "a set on a property that can only be read", dismissible=False
    ),
    "execution.static_property": Code(
        "error", "a set on a property that never changes", dismissible=False
    ),
    "execution.unsupported_area": Code("error", "the property has no such area", dismissible=False),
    "execution.value_out_of_range": Code(
        "error", "the value is below or above what is allowed", dismissible=False
    ),
    "execution.value_not_allowed": Code(
        "error", "the value isn't one of the legal ones", dismissible=False
    ),
    "execution.unavailable": Code(
        "error",
        "the property can't be used in the state that the car is in then",
        dismissible=False,
    ),
    "execution.off_step": Code("warning", "the value lies between the property's steps"),
    "execution.contradiction": Code(
        "error", "two calls give one place different values", dismissible=False
    ),
    "execution.repeated_call": Code("error", "the same call is made twice", dismissible=False),
    "execution.not_read": Code(
        "info", "not all calls are compared, or not all findings listed", dismissible=False
    ),
    "conversation.too_many_rounds": Code(
        "error", "a request takes more rounds than the car allows", dismissible=False
    ),
    "conversation.needless_refusal": Code(
        "error", "something is refused that the car would do", dismissible=False
    ),
    "conversation.wrong_reason": Code(
        "error", "the car would refuse it for another reason", dismissible=False
    ),
    "conversation.unseen_reason": Code(
        "warning", "something is refused because of a state that nobody has looked at"
    ),
    "conversation.invalid_option": Code(
        "error", "a question offers what the car would refuse", dismissible=False
    ),
    "conversation.same_options": Code(
        "error", "two options of a question come to the same", dismissible=False
    ),
    "conversation.acted_early": Code(
        "error", "what a question is about is changed before the answer", dismissible=False
    ),
    "conversation.other_answer": Code("warning", "the answer does none of what was offered"),
    "conversation.needless_read": Code("warning", "something is read that is known"),
    "conversation.unused_read": Code("warning", "something is read that nothing is done with"),
    "conversation.unanswered": Code(
        "warning", "something is read for a request, and nothing is said"
    ),
    "conversation.needless_change": Code(
        "warning", "something is set to the value it is known to have"
    ),
    "conversation.changed_twice": Code("warning", "a place is set twice for one request"),
    "conversation.stale_value": Code(
        "warning", "a value is worked out from one that has changed since"
    ),
    "conversation.unseen_start": Code(
        "warning", "a value is worked out from one that nobody has read"
    ),
    "conversation.undo_value": Code("warning", "undoing doesn't restore what was there before"),
    "conversation.undo_unseen": Code(
        "warning", "something is put back to a value that nobody has seen"
    ),
    "conversation.touched": Code("warning", "something is changed that nobody asked for"),
    "conversation.unfounded_reply": Code(
        "warning", "a reply says what nobody has looked at or done"
    ),
    "conversation.stale_reply": Code(
        "warning",
        "the reply says how something is now that changes by itself, without a new reading",
    ),
    "conversation.relative_value": Code("warning", "a relative wish comes to another value"),
    "conversation.unseen_condition": Code(
        "warning", "something is done without looking at its condition"
    ),
    "conversation.condition": Code(
        "warning", "something is done against its condition, or left though it holds"
    ),
    "conversation.same_value": Code(
        "warning", "the same is wished elsewhere, and something else is set"
    ),
    "conversation.other_place": Code(
        "warning", "it goes on about a place, and something is set elsewhere"
    ),
    "conversation.other_thing": Code(
        "warning", "it goes on about one thing, and another one is set"
    ),
    "conversation.correction": Code(
        "warning", "a correction leaves what was wrong, or makes something else"
    ),
    "conversation.wrong_answer": Code(
        "warning", "an answer picks one option, and another one is done"
    ),
    "conversation.untrue_reply": Code("warning", "a reply says what isn't so"),
    "conversation.silent_reply": Code("warning", "a reply leaves out what was asked"),
    "conversation.served": Code(
        "warning", "something is refused or talked about that the car would do"
    ),
    "conversation.small_talk": Code("warning", "mere talk is answered with calls"),
    "conversation.needless_question": Code(
        "warning", "a question is asked that the words or the policy decide"
    ),
    "conversation.unasked": Code("warning", "something is done where the policy asks back"),
    "conversation.not_read": Code(
        "info", "the conversation is too long, or not all findings are listed", dismissible=False
    ),
    "grounding.property": Code("warning", "the words name another property"),
    "grounding.access": Code(
        "warning", "a question is answered by a change, or a command by a read"
    ),
    "grounding.number": Code("warning", "the words state another number"),
    "grounding.value": Code("warning", "the words mean another value or direction"),
    "grounding.place": Code("warning", "the words name another place"),
    "grounding.missing_place": Code("warning", "the words name a place that no call serves"),
    "grounding.missing_call": Code("warning", "the words ask for something that no call does"),
    "grounding.extra_call": Code("warning", "no words ask for what a call does"),
    "grounding.need": Code("warning", "what people feel or see asks for something else"),
    "grounding.unread_start": Code(
        "warning", "a relative wish is set from a start that nobody has read"
    ),
    "grounding.not_read": Code("info", "the query, or a part of it, isn't read", dismissible=False),
    "policy.not_read": Code(
        "info", "the query or the number of calls is too long to be read", dismissible=False
    ),
    "policy.place": Code(
        "info", "the policy gives a request without a place another place", dismissible=False
    ),
    "policy.degree": Code(
        "info", "the policy gives the words of degree another value", dismissible=False
    ),
    "policy.need": Code("info", "the policy answers the need in another way", dismissible=False),
    "consistency.calls": Code("warning", "the same request has other calls elsewhere"),
    "judge.call_unfounded": Code("warning", "a call does not follow from the words"),
    "judge.left_undone": Code("warning", "something that is asked for is not done"),
    "judge.done_unasked": Code("warning", "something is done that nobody asked for"),
    "judge.unnatural": Code("warning", "nobody would say the query to a car"),
    "judge.needless_question": Code(
        "warning", "the assistant asks what the words or the policy decide"
    ),
    "judge.should_refuse": Code(
        "warning", "something is served that should be refused, or refused though it can be served"
    ),
    "judge.reply_untrue": Code("warning", "a reply says what isn't so"),
    "repair.offered": Code(
        "info", "a model has rewritten the sample, and it verifies", dismissible=False
    ),
}
