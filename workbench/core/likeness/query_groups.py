"""Greedy groups: each query joins the first earlier one that is much like it."""

from array import array

from workbench.core.likeness.rouge import DEFAULT_THRESHOLD, RougeIndex, Rule


class Groups:
    """The first query of each one's group, `leaders`; only these are searched."""

    def __init__(self) -> None:
        self.leaders = array("I")
        self._index = RougeIndex(Rule.of(DEFAULT_THRESHOLD))
        self._owners = array("I")
        self._of_text: dict[str, int] = {}

    def add(self, text: str | None) -> None:
        """Find the group of the next query; None gets its own group."""
        at = len(self.leaders)
        self.leaders.append(at if text is None else self._leader(text, at))

    def _leader(self, text: str, at: int) -> int:
        known = self._of_text.get(text)
        if known is not None:
            return known
        twins = self._index.search(text)
        if twins:
            number, _ = max(twins, key=lambda twin: (twin[1], -twin[0]))
            leader = self._owners[number]
        else:
            leader = at
            self._index.add(text)
            self._owners.append(at)
        self._of_text[text] = leader
        return leader
