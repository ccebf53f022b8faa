"""The journaled table is TinyDB to whoever uses it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from workbench.adapters.labels.tables import DocumentRows, LabelDB
from workbench.core.json.text import dumps

NAMES = st.sampled_from("abc")
IDS = st.integers(1, 6)
DOCS = st.fixed_dictionaries(
    {"n": st.one_of(st.integers(0, 3), st.just(2.0))}, optional={"x": NAMES}
)
CALLS = st.one_of(
    st.tuples(st.just("insert"), DOCS),
    st.tuples(st.just("insert_multiple"), st.lists(DOCS, max_size=3)),
    st.tuples(st.just("insert at"), DOCS, IDS),
    st.tuples(st.just("update"), DOCS, st.integers(0, 3)),
    st.tuples(st.just("update by id"), DOCS, st.lists(IDS, max_size=2)),
    st.tuples(st.just("upsert"), DOCS, st.integers(0, 3)),
    st.tuples(st.just("remove"), st.integers(0, 3)),
    st.tuples(st.just("remove by id"), st.lists(IDS, max_size=2, unique=True)),
    st.tuples(st.just("truncate")),
)


def call(db, name, *arguments):
    """Make a call that TinyDB and the journaled table both know; gives its result or error."""
    calls = {
        "insert at": lambda doc, doc_id: db.insert(Document(doc, doc_id)),
        "update": lambda doc, n: db.update(doc, where("n") == n),
        "update by id": lambda doc, ids: db.update(doc, doc_ids=ids),
        "upsert": lambda doc, n: db.upsert(doc, where("n") == n),
        "remove": lambda n: db.remove(where("n") == n),
        "remove by id": lambda ids: db.remove(doc_ids=ids),
    }
    try:
        return calls.get(name, getattr(db, name, None))(*arguments)
    except (ValueError, KeyError) as error:
        return type(error)


def journaled(changes=None):
    return LabelDB(DocumentRows({}), {}, (changes if changes is not None else []).extend)


def content(db):
    return {doc.doc_id: dict(doc) for doc in db}


@given(st.lists(CALLS, max_size=12))
def test_it_does_what_tinydb_does_and_its_journal_leads_to_the_same(calls):
    changes = []
    ours, theirs = journaled(changes), TinyDB(storage=MemoryStorage)
    for name, *arguments in calls:
        assert call(ours, name, *arguments) == call(theirs, name, *arguments)
        assert content(ours) == content(theirs)
        assert len(ours) == len(theirs)
        found = where("n") == 2
        assert sorted(map(str, ours.search(found))) == sorted(map(str, theirs.search(found)))
        assert ours.contains(doc_id=1) == theirs.contains(doc_id=1)
    rebuilt = {}
    for change in changes:
        assert rebuilt.get(change.doc_id) == change.before
        rebuilt[change.doc_id] = change.after
    assert {k: v for k, v in rebuilt.items() if v} == {
        k: dumps(v) for k, v in content(ours).items()
    }


def test_an_update_that_fails_changes_nothing():
    ours = journaled()
    ours.insert_multiple([{"n": 1}, {"n": 2}])

    def fail(document):
        document["n"] += 1
        if document["n"] == 3:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ours.update(fail)
    assert content(ours) == {1: {"n": 1}, 2: {"n": 2}}


def test_what_the_journal_refuses_does_not_take_effect():
    def refuse(changes):
        raise OSError("full")

    ours = LabelDB(DocumentRows({1: b'{"n":1}'}), {}, refuse)
    for change in (
        lambda: ours.insert({"n": 2}),
        lambda: ours.update({"n": 2}),
        lambda: ours.remove(doc_ids=[1]),
        ours.truncate,
    ):
        with pytest.raises(OSError, match="full"):
            change()
        assert content(ours) == {1: {"n": 1}}


def test_a_document_that_is_given_out_is_a_copy():
    ours = journaled()
    ours.insert({"n": [1]})
    ours.get(doc_id=1)["n"].append(2)
    ours.search(where("n").exists())[0]["n"] = 7
    assert content(ours) == {1: {"n": [1]}}


def test_only_what_changes_is_journaled():
    changes = []
    ours = journaled(changes)
    ours.insert_multiple([{"n": 1}, {"n": 2}, {"n": 22}])
    changes.clear()
    ours.update({"n": 2}, doc_ids=[1, 2])
    assert [(c.doc_id, c.before, c.after) for c in changes] == [(1, b'{"n":1}', b'{"n":2}')]
    ours.update({"n": 22.0}, doc_ids=[3])
    assert changes[-1].after == b'{"n":22.0}'


def test_other_tables_can_be_read_and_none_dropped():
    ours = LabelDB(DocumentRows({}), {"more": {"1": {"x": 1}}}, [].extend)
    assert ours.tables() == {"_default", "more"}
    assert ours.table("more").all() == [{"x": 1}]
    for change in (lambda: ours.table("more").insert({}), ours.drop_tables):
        with pytest.raises(TypeError, match="only the labels"):
            change()
