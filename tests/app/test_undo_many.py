"""Undo of more than is undone between two keys: they go on meanwhile, decisions wait."""

import threading

from background import until

from workbench.app.review import undoing


async def test_keys_go_on_while_many_are_undone_and_redone(open_app, unverified, monkeypatch):
    monkeypatch.setattr(undoing, "_AT_ONCE", 0)
    async with open_app() as pilot:
        app, review = pilot.app, pilot.app.review
        told = lambda: [note.message for note in app._notifications]  # noqa: E731
        await pilot.press("a")
        for key, did, decision in (("u", "Undone", None), ("U", "Redone", "accepted")):
            store, may_go_on = review.store, threading.Event()
            name = "undo" if key == "u" else "redo"
            turn = getattr(store, name)
            slow = lambda turn=turn, go=may_go_on: go.wait(30) and turn()  # noqa: E731
            with monkeypatch.context() as patched:
                patched.setattr(store, name, slow)
                await pilot.press(key)
                place = review.cursor
                await pilot.press("j")
                assert review.cursor == place + 1
                await pilot.press("x")
                assert any(f"Wait a moment: {name}ing accept of" in words for words in told())
                may_go_on.set()
                await until(lambda did=did: any(did in words for words in told()))
            label = review.label(0)
            assert (label.decision if label else None) == decision
            assert review.progress().accepted == (decision == "accepted")
