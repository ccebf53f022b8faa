"""What a draft was before each change, so that every change can be taken back."""

from workbench.core.samples import Sample

_DEEPEST = 200


class DraftHistory:
    """Drafts as they were. Changes of one field in a row count as one."""

    def __init__(self) -> None:
        self._before: list[Sample] = []
        self._field: object = None

    def note(self, before: Sample, field: object) -> None:
        """Note what a draft was before a change; field: where it was, None for one by itself."""
        if field is None or field != self._field:
            self._before.append(before)
            del self._before[:-_DEEPEST]
        self._field = field

    def pause(self) -> None:
        """Let the next change count by itself."""
        self._field = None

    def back(self) -> Sample | None:
        """Return what the draft was before the latest change, None if nothing was changed."""
        self._field = None
        return self._before.pop() if self._before else None
