"""Speakers who introduce themselves: "Ana here, in the back", "hello from the passenger seat"."""

import re
from collections.abc import Sequence

from workbench.core.reading.positions import NamedPlace
from workbench.core.reading.scope.words import ScopeWords

_MOST_TOKENS = 9
"""Tokens of "hello, good morning, this is Ana speaking from the" before a place."""
_SENTENCE_ENDS = frozenset({".", "?", "!", ";"})
_OWN = frozenset({"me", "my", "mine"})

_HELLO = (
    r"(?:(?:hello|hi|hey|hiya|hullo|yo|oi|greetings|good|morning|evening|afternoon|there|car|ok"
    r"|okay|,) )*"
)
_WHERE = r"(?:, )?(?:(?:over|sitting|sat|seated|riding|in|on|at|from|the|and|im|up|out) )*"
_SPEAKS = r"(?:here|speaking|talking|calling)"
_GREETS_FROM = re.compile(
    rf"^ (?:(?=(?:hello|hi|hey|hiya|hullo|greetings|good|morning|evening) ){_HELLO}"
    r"(?P<who>)from (?:over )?(?:the )?"
    r"|(?:(?:youre|you are) )?(?:now )?(?:talking|speaking|listening) (?:to|with) (?:the )?)$"
)
_NAMED_HERE = re.compile(
    rf"^ {_HELLO}(?:(?:this|it) is |its )?(?P<who>[a-z]+ (?:[a-z]+ )?){_SPEAKS} {_WHERE}$"
)
_ONLY_NAMED = re.compile(rf"^ {_HELLO}(?:its |this is )?(?P<who>(?:[a-z]+ )?){_WHERE}$")

_REST = r"(?:[,.;!?]|and|but|so|can|could|would|please|whats?)(?= )|$"
_ENDS = re.compile(rf"^ (?:(?:seat|side|one|now|again|here|speaking) )*(?:{_REST})")
_HERE_AFTER = re.compile(
    rf"^ (?:seat |side )?(?:{_SPEAKS} (?:{_REST})|(?:, )?(?:its|thats) (?:only |just )?me )"
)
_MOVED = re.compile(
    r" (?:ive|i have|i) (?:just |now )?(?:moved|swapped|changed|switched|climbed|jumped|hopped)"
    r" (?:over |back |round |up )?(?:to|into|in|onto) (?:the )?$"
)
_ME = re.compile(rf"^ {_HELLO}(?:its )?(?:only |just )?me (?:again |here )?(?:, [a-z]+ )?{_WHERE}$")

_NO_NAME = re.compile(
    r" (?:a|air|all|and|are|ask|everyone|get|give|heat|how|is|it|its|keep|kids|leave|let|light|make"
    r"|more|no|nobody|not|people|put|so|some|someone|tell|that|them|they|this|too|warm|was|what"
    r"|when|who|why|your) "
)


def introduces(words: Sequence[str], place: NamedPlace, scope: ScopeWords) -> bool:
    """Whether the words of a sentence up to a place, and just after it, only say who speaks from
    there.
    """
    begin = place.begin
    while begin and words[begin - 1] not in _SENTENCE_ENDS:
        begin -= 1
    ahead = words[begin : place.begin]
    if place.own or len(ahead) > _MOST_TOKENS:
        return False
    said = _joined(ahead)
    if _MOVED.search(said):
        return True
    after = _joined(words[place.end : place.end + 4])
    if _ENDS.match(after) and _ME.match(said):
        return True
    if _OWN & {*ahead}:
        return False
    found = (_GREETS_FROM.match(said) or _NAMED_HERE.match(said)) if _ENDS.match(after) else None
    if found is None and _HERE_AFTER.match(after):
        found = _ONLY_NAMED.match(said)
    if found is None:
        return False
    who = found["who"] or ""
    return not (_NO_NAME.search(f" {who}") or {*who.split()} & (scope.commands | scope.empty))


def _joined(words: Sequence[str]) -> str:
    return " " + "".join(f"{word} " for word in words)
