"""The command palette: the same commands as the help, found by a few letters."""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from workbench.app.help import Command, commands_of


class KeyCommands(Provider):
    """What the keys of the screen below do."""

    async def discover(self) -> Hits:
        for command in commands_of(self.screen):
            yield DiscoveryHit(_title(command), self._run(command), help=command.does)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in commands_of(self.screen):
            score = matcher.match(f"{command.name} {command.does}")
            if score > 0:
                yield Hit(score, _title(command), self._run(command), help=command.does)

    def _run(self, command: Command) -> "partial[Coroutine[Any, Any, bool]]":
        return partial(self.app.run_action, command.action, command.node)


def _title(command: Command) -> str:
    return f"{command.name} ({command.keys})"
