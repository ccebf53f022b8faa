"""What is asked about a generation: whether to leave while it runs, whether to mix engines."""

from workbench.app.dialogs import ConfirmPrompt
from workbench.app.generate.standing import RunStanding
from workbench.core.text.plain import visible


class LeavePrompt(ConfirmPrompt):
    """Ask whether to leave while samples are generated."""

    def __init__(self) -> None:
        super().__init__(
            "Samples are being generated.",
            words="Stop that and quit? What came in is saved.",
            hint="y stops and quits, Escape stays",
        )


class MixPrompt(ConfirmPrompt):
    """Ask whether to append one engine's samples to another's."""

    def __init__(self, now: RunStanding, engine: str) -> None:
        others = " and ".join(now.others)
        super().__init__(
            visible(f"{now.output.name} holds samples of the engine {others}."),
            words=f"Append those of the engine {engine} to them?",
            hint="y appends, Escape writes nothing",
        )
