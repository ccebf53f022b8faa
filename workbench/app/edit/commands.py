"""The edit screen's keys in the command palette."""

from collections.abc import Iterator
from functools import partial

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider


class EditCommands(Provider):
    """Offers what the screen's keys do, with their explanations."""

    def _bindings(self) -> Iterator[Binding]:
        for binding in type(self.screen).BINDINGS:
            if isinstance(binding, Binding) and binding.tooltip:
                yield binding

    async def discover(self) -> Hits:
        for binding in self._bindings():
            run = partial(self.screen.run_action, binding.action)
            yield DiscoveryHit(binding.description, run, help=binding.tooltip)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for binding in self._bindings():
            score = matcher.match(binding.description)
            if score > 0:
                run = partial(self.screen.run_action, binding.action)
                shown = matcher.highlight(binding.description)
                yield Hit(score, shown, run, help=binding.tooltip)
