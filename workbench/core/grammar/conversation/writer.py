"""The writer of conversations: a sample of a kind for every seed, request number and index."""

from collections.abc import Callable
from random import Random

from workbench.core.car.catalog import Cell
from workbench.core.grammar.conversation import asking_acts as asking
from workbench.core.grammar.conversation import follow_ups as follow
from workbench.core.grammar.conversation import plain_acts as plain
from workbench.core.grammar.conversation import reading_acts as reading
from workbench.core.grammar.conversation import refusing_acts as refusing
from workbench.core.grammar.conversation.scene import Scene
from workbench.core.grammar.conversation.walk import Walk
from workbench.core.grammar.draw import Weighted, keyed
from workbench.core.kinds import SampleKind, kind_of
from workbench.core.samples import Sample

Beginning = Callable[[Walk, Scene, Cell | None], bool]
FollowUp = Callable[[Walk, Scene], bool]

BEGINNINGS: dict[SampleKind, Weighted[Beginning]] = {
    "calls": Weighted(
        [
            (plain.question, 4.0),
            (plain.change, 4.0),
            (reading.not_so, 1.0),
            (reading.already, 1.0),
            (reading.at_its_end, 0.6),
            (reading.unavailable_change, 0.6),
        ]
    ),
    "read-first": Weighted(
        [
            (reading.relative, 5.0),
            (reading.conditional, 2.5),
            (reading.unless, 2.0),
            (reading.unavailable, 0.7),
        ]
    ),
    "no-call": Weighted(
        [
            (refusing.chat, 1.6),
            (refusing.out_of_scope, 2.4),
            (refusing.too_far, 3.0),
            (refusing.read_only, 1.2),
            (refusing.nowhere, 0.4),
        ]
    ),
    "ask": Weighted([(asking.which_place, 8.0), (asking.which_thing, 1.0)]),
    "conversation": Weighted(
        [
            (plain.change, 4.0),
            (plain.question, 2.0),
            (reading.relative, 4.0),
            (reading.unless, 1.0),
            (reading.conditional, 0.8),
            (reading.unavailable_change, 0.9),
            (refusing.too_far, 0.7),
        ]
    ),
}
"""How samples of a kind begin, by weight."""

FOLLOW_UPS: Weighted[FollowUp] = Weighted(
    [
        (follow.again, 4.0),
        (follow.undo, 3.0),
        (follow.wrong_place, 2.0),
        (follow.wrong_value, 1.5),
        (follow.further, 3.5),
        (follow.read_back, 0.8),
        (follow.read_there, 4.0),
        (follow.switch_on, 8.0),
        (lambda walk, scene: plain.change(walk, scene, None), 1.0),
        (lambda walk, scene: plain.question(walk, scene, None), 0.8),
        (lambda walk, scene: refusing.too_far(walk, scene, None), 0.3),
        (lambda walk, scene: refusing.out_of_scope(walk, scene, None), 0.3),
    ]
)
"""What follows, by weight, where it suits."""

TURNS = Weighted([(2, 5.0), (3, 3.0), (4, 1.5)])
"""How many turns a conversation has."""
HEARD = 0.9
"""The share of conversations that go on about what was refused for lack of something else."""
THANKED = 0.12
"""The share of conversations that end with thanks."""

TWINS: dict[Beginning, Beginning] = {
    refusing.too_far: refusing.within_range,
    asking.which_place: asking.named_place,
    reading.conditional: reading.not_so,
    reading.unless: reading.already,
    reading.unavailable: reading.relative,
}
"""By a beginning, the one that differs from it in one thing, and is served, or isn't needed."""

TRIES = 60


class ConversationWriter:
    """Writes samples of all kinds but plain calls."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def sample(self, kind: SampleKind, cell: Cell | None, *key: int | str) -> Sample | None:
        """Write a sample of a kind; equal keys give equal samples. None if there are no words.

        cell: what it should be about, if that suits the kind.
        """
        return self._drawn(kind, cell, key)[0]

    def twin(self, kind: SampleKind, cell: Cell | None, *key: int | str) -> Sample | None:
        """Write what differs in one thing from the sample of a kind with the same cell and key.

        It says nearly the same, and is served at once: its kind is "calls". None if it has no twin.
        """
        sample, begin, attempt, cell = self._drawn(kind, cell, key)
        other = TWINS.get(begin) if begin else None
        if sample is None or other is None:
            return None
        rng = keyed("conversation", kind, *key, attempt)
        BEGINNINGS[kind].draw(rng)
        scene = Scene(self._walk.catalog, rng)
        twin = scene.sample() if other(self._walk, scene, cell) else None
        return twin if twin is not None and kind_of(twin) == "calls" else None

    def _drawn(
        self, kind: SampleKind, cell: Cell | None, key: tuple[int | str, ...]
    ) -> tuple[Sample | None, Beginning | None, int, Cell | None]:
        """Return a sample, how it begins, at which attempt it came off, and its cell."""
        for attempt in range(TRIES):
            rng = keyed("conversation", kind, *key, attempt)
            begin = BEGINNINGS[kind].draw(rng)
            due = cell if attempt < TRIES // 3 else None
            sample = self._try(rng, kind, begin, due)
            if sample is not None and kind_of(sample) == kind:
                return sample, begin, attempt, due
        return None, None, TRIES, cell

    def _try(
        self, rng: Random, kind: SampleKind, begin: Beginning, cell: Cell | None
    ) -> Sample | None:
        scene = Scene(self._walk.catalog, rng)
        if not begin(self._walk, scene, cell):
            return None
        if kind == "conversation" or (kind == "ask" and rng.random() < 0.15):
            turns = TURNS.draw(rng) if kind == "conversation" else 2
            for _ in range(turns - 1):
                if not self._go_on(scene):
                    return None
            if rng.random() < THANKED and not refusing.thanks(self._walk, scene, None):
                return None
        return scene.sample()

    def _go_on(self, scene: Scene) -> bool:
        if scene.refused is not None and scene.rng.random() < HEARD:
            return follow.switch_on(self._walk, scene)
        for _ in range(12):
            steps = len(scene.steps)
            if FOLLOW_UPS.draw(scene.rng)(self._walk, scene):
                return True
            if len(scene.steps) != steps:
                return False
        return False
