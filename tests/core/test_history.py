"""Undo and redo: linear, of any depth, and the same after any restart."""

from hypothesis import given
from hypothesis import strategies as st

from workbench.core.review.history import ActionHistory, ActionStep

ACTIONS = st.lists(st.sampled_from(["decide", "decide", "undo", "undo", "redo", "restart"]))


class Model:
    """Undo and redo as two stacks, and the record of what was done."""

    def __init__(self):
        self.standing, self.undone, self.record = [], [], []

    def do(self, kind):
        if kind == "decide":
            group = 1 + max((step.group for step in self.record), default=0)
            self.standing.append(group)
            self.undone.clear()
        else:
            source, target = (self.standing, self.undone)[:: 1 if kind == "undo" else -1]
            if not source:
                return None
            group = source.pop()
            target.append(group)
        place = len(self.record)
        self.record.append(ActionStep(kind, group, (place, place + 1), ""))
        return self.record[-1]


def opened(model):
    return ActionHistory(reversed(model.record.copy()))


@given(ACTIONS)
def test_undo_and_redo_are_two_stacks_whenever_it_is_opened(actions):
    model, history = Model(), opened(Model())
    for action in actions:
        if action == "restart":
            history = opened(model)
            continue
        offered = {"undo": history.undoable, "redo": history.redoable}
        expected_group = history.next_group if action == "decide" else None
        step = model.do(action)
        if action == "decide":
            assert step.group == expected_group
        elif step is None:
            assert offered[action] is None
        else:
            assert offered[action].group == step.group
        if step:
            history.add(step)
        for seen in (history, opened(model)):
            assert (seen.undoable and seen.undoable.group) == (model.standing or [None])[-1]
            assert (seen.redoable and seen.redoable.group) == (model.undone or [None])[-1]


@given(ACTIONS)
def test_what_is_offered_is_the_latest_action_on_its_group(actions):
    model = Model()
    for action in actions:
        model.do(action) if action != "restart" else None
    history = opened(model)
    for step in (history.undoable, history.redoable):
        if step:
            assert step == [s for s in model.record if s.group == step.group][-1]


def test_history_is_read_no_farther_than_asked_for():
    read = []

    def past():
        for group in range(1000, 0, -1):
            read.append(group)
            yield ActionStep("decide", group, (0, 0), "")

    history = ActionHistory(past())
    assert read == []
    assert history.undoable.group == 1000
    assert history.next_group == 1001
    assert len(read) == 1


def test_labels_taken_from_a_file_cannot_be_undone():
    steps = [ActionStep("keep", 2, (1, 2), ""), ActionStep("decide", 1, (0, 1), "")]
    assert ActionHistory(iter(steps)).undoable is None
    assert ActionHistory(iter(steps)).next_group == 3
    later = ActionStep("decide", 3, (2, 3), "")
    history = ActionHistory(iter([later, *steps]))
    assert history.undoable == later
    history.add(ActionStep("undo", 3, (3, 4), ""))
    assert history.undoable is None
