"""The kinds of samples."""

import pytest

from workbench.core.kinds import KINDS, kind_of
from workbench.core.samples import from_item

READ = {"name": "getIntProperty", "arguments": {"propertyName": "P", "areaId": 1}}
CHANGE = {"name": "setIntProperty", "arguments": {"propertyName": "P", "areaId": 1, "value": 2}}
TELL, CHAT = {"kind": "tell", "text": "Two."}, {"kind": "chat", "text": "Hello."}
REFUSE = {"kind": "refuse", "because": "x", "wanted": [CHANGE], "text": "No."}
ASK = {"kind": "ask", "options": [[READ], [CHANGE]], "text": "Which?"}
KINDS_OF_ITEMS = [
    ("calls", {"answers": [READ, CHANGE]}),
    ("calls", {"answers": [READ], "then": [{"reply": TELL}]}),
    ("calls", {"answers": [CHANGE], "then": [{"reply": TELL}]}),
    ("calls", {"answers": [CHANGE], "then": [{"reply": REFUSE}]}),
    ("read-first", {"answers": [READ], "then": [{"answers": [CHANGE]}]}),
    ("read-first", {"answers": [READ], "then": [{"reply": REFUSE}]}),
    ("no-call", {"answers": []}),
    ("no-call", {"answers": [], "reply": CHAT}),
    ("no-call", {"answers": [], "reply": REFUSE}),
    ("ask", {"answers": [], "reply": ASK}),
    ("ask", {"answers": [], "reply": ASK, "then": [{"query": "b", "answers": [CHANGE]}]}),
    ("conversation", {"answers": [READ], "then": [{"query": "b", "answers": [CHANGE]}]}),
    ("conversation", {"answers": [], "reply": CHAT, "then": [{"query": "b", "reply": CHAT}]}),
]


@pytest.mark.parametrize(("kind", "item"), KINDS_OF_ITEMS)
def test_the_kind_is_told_by_the_steps(kind, item):
    assert kind_of(from_item({"query": "a", **item})) == kind
    assert kind in KINDS
