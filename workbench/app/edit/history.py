"""A draft's earlier versions, so that every change can be undone."""

from workbench.core.samples import Sample

_DEEPEST = 200


class DraftHistory:
    """Earlier drafts. Consecutive changes to one field count as one."""

    def __init__(self) -> None:
        self._before: list[Sample] = []
        self._field: object = None

    def note(self, before: Sample, field: object) -> None:
        """Record the draft before a change. field: where it was, None for a change of its own."""
        if field is None or field != self._field:
            self._before.append(before)
            del self._before[:-_DEEPEST]
        self._field = field

    def pause(self) -> None:
        """Make the next change count separately."""
        self._field = None

    def back(self) -> Sample | None:
        """Return the draft before the latest change, None if nothing was changed."""
        self._field = None
        return self._before.pop() if self._before else None
