"""What an evaluated model answered to a sample, and whether that answer still counts."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

import msgspec

from workbench.core.car.catalog import Catalog
from workbench.core.likeness.contrast import PROPERTY_ARGUMENT
from workbench.core.review.labels import Calls, Label, StepAnswer
from workbench.core.samples import ToolCall, content_id
from workbench.core.training.scoring.matching import matched

ResultMark = Literal["", "right", "wrong"]

_StepNumber = Annotated[int, msgspec.Meta(ge=0)]


class LaterAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another wrong answer to a sample: to a step after the first wrong one; see `ModelResult`."""

    step: _StepNumber
    calls: tuple[ToolCall, ...] = ()
    broken: tuple[str, ...] = ()
    text: str = ""


class ModelResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model's answer to one sample.

    id: the sample's in the dataset. content: the id of the signed content then, with any edit.
    right: whether it is an exact match. effect: whether it does the same to the car. calls, broken,
    text: the answer in parts. split: of the records that were asked. accept: id of the other
    answers that were right then, see `accepted_content`. accepted: whether it is right as one of
    those accepted now; never stored.

    step: of a conversation, the first that it got wrong, or else the last that it was asked; what
    it answered is said of this one. later: its other wrong answers. driven: whether it drove the
    car itself; the answer is then all that it called and said in the turn that begins at the step.
    """

    id: str
    content: str
    model: str
    right: bool
    effect: bool = False
    calls: tuple[ToolCall, ...] = ()
    broken: tuple[str, ...] = ()
    text: str = ""
    faults: tuple[str, ...] = ()
    split: str = ""
    time: str = ""
    accept: str = ""
    accepted: bool = False
    step: _StepNumber = 0
    later: tuple[LaterAnswer, ...] = ()
    driven: bool = False

    @property
    def opinion(self) -> Literal["right", "wrong"]:
        """The result in a word, as used in searches."""
        return "right" if self.right else "wrong"

    def holds(self, label: Label | None) -> bool:
        """Whether the signed content is still the same. label: the sample's."""
        return signed_content(self.id, label) == self.content


def as_it_counts(result: ModelResult, label: Label | None, catalog: Catalog) -> ModelResult | None:
    """Return a result as it counts now, None if it no longer says anything.

    An answer accepted since, besides the signed one, is right. One that was right then, perhaps
    only as an answer that isn't accepted any more, says nothing.
    """
    if not result.holds(label):
        return None
    answers = label.accept if label is not None and not (result.step or result.driven) else ()
    if _is_one_of(result.calls, result.broken, answers, catalog):
        return msgspec.structs.replace(result, right=True, accepted=True)
    if label is not None and label.accept_at and not (result.right or result.driven):
        result = _without_accepted(result, label.accept_at, catalog)
    gone = set(result.accept.split()) - set(accepted_content(label).split())
    return None if result.right and gone else result


def _is_one_of(
    calls: Calls, broken: Sequence[str], answers: Iterable[Calls], catalog: Catalog
) -> bool:
    return not broken and any(
        len(answer) == len(calls) == matched(answer, calls, catalog) for answer in answers
    )


def _without_accepted(
    result: ModelResult, accepted: Sequence[StepAnswer], catalog: Catalog
) -> ModelResult:
    """Return a wrong result of a conversation without the answers that are accepted since."""
    first = LaterAnswer(
        step=result.step, calls=result.calls, broken=result.broken, text=result.text
    )
    left = [
        one
        for one in (first, *result.later)
        if not _is_one_of(
            one.calls,
            one.broken,
            (also.calls for also in accepted if also.step == one.step),
            catalog,
        )
    ]
    if not left:
        return msgspec.structs.replace(result, right=True, accepted=True, later=())
    if left[0] is first:
        return msgspec.structs.replace(result, later=tuple(left[1:]))
    now = left[0]
    return msgspec.structs.replace(
        result,
        step=now.step,
        calls=now.calls,
        broken=now.broken,
        text=now.text,
        effect=False,
        faults=(),
        later=tuple(left[1:]),
    )


def signed_content(sample_id: str, label: Label | None) -> str:
    """Return the id of a sample's signed content: its edit's, if it has one."""
    return label.edited.id if label is not None and label.edited is not None else sample_id


def accepted_content(label: Label | None) -> str:
    """Return an id for the other answers that a reviewer accepts, "" if there are none."""
    if label is None:
        return ""
    ids = [content_id("", calls) for calls in label.accept]
    ids += (f"{one.step}/{content_id('', one.calls)}" for one in label.accept_at)
    return " ".join(sorted(ids))


def in_order_of(gold: Sequence[ToolCall], given: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """Order calls like those they correspond to, so that a diff doesn't show mere reordering.

    Equal ones first, then those of the same property, then of the same function; others come last.
    """
    left = list(given)
    places: dict[int, ToolCall] = {}
    for same in (_equal, _same_property, _same_function):
        for place, call in enumerate(gold):
            found = next((other for other in left if same(call, other)), None)
            if place not in places and found is not None:
                places[place] = found
                left.remove(found)
    return (*(places[place] for place in sorted(places)), *left)


def _equal(left: ToolCall, right: ToolCall) -> bool:
    return left == right


def _same_property(left: ToolCall, right: ToolCall) -> bool:
    name = left.arguments.get(PROPERTY_ARGUMENT)
    return name is not None and name == right.arguments.get(PROPERTY_ARGUMENT)


def _same_function(left: ToolCall, right: ToolCall) -> bool:
    return left.name == right.name
