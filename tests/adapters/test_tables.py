"""Labels that are open are a TinyDB to whoever searches them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from workbench.adapters.labels.databases import LabelDB
from workbench.core.json.text import dumps

NAMES = st.sampled_from("abc")
DOCS = st.fixed_dictionaries(
    {"n": st.one_of(st.integers(0, 3), st.just(2.0))}, optional={"x": NAMES}
)
CHANGES = st.lists(st.tuples(st.integers(1, 6), st.none() | DOCS), max_size=12)


def content(db):
    return {doc.doc_id: dict(doc) for doc in db}


@given(CHANGES)
def test_it_finds_what_tinydb_finds_whatever_changes_meanwhile(changes):
    rows = {}
    ours, theirs = LabelDB(rows, {}), TinyDB(storage=MemoryStorage)
    for doc_id, document in changes:
        theirs.remove(doc_ids=[doc_id] if theirs.contains(doc_id=doc_id) else [])
        rows.pop(doc_id, None)
        if document is not None:
            theirs.insert(Document(document, doc_id))
            rows[doc_id] = dumps(document)
        assert content(ours) == content(theirs)
        assert len(ours) == len(theirs)
        found = where("n") == 2
        assert sorted(map(str, ours.search(found))) == sorted(map(str, theirs.search(found)))
        assert ours.contains(doc_id=1) == theirs.contains(doc_id=1)


def test_a_document_that_is_given_out_is_a_copy():
    ours = LabelDB({1: b'{"n":[1]}'}, {})
    ours.get(doc_id=1)["n"].append(2)
    ours.search(where("n").exists())[0]["n"] = 7
    assert content(ours) == {1: {"n": [1]}}


def test_all_tables_can_be_read_and_nothing_changed():
    rows = {1: b'{"n":1}'}
    ours = LabelDB(rows, {"more": {"1": {"x": 1}}})
    assert ours.tables() == {"_default", "more"}
    assert ours.table("more").all() == [{"x": 1}]
    for change in (
        lambda: ours.insert({"n": 2}),
        lambda: ours.update({"n": 2}),
        lambda: ours.remove(doc_ids=[1]),
        ours.truncate,
        lambda: ours.table("more").insert({}),
        ours.drop_tables,
    ):
        with pytest.raises(TypeError, match="only be read"):
            change()
        assert content(ours) == {1: {"n": 1}}
        assert rows == {1: b'{"n":1}'}
