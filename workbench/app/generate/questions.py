"""Questions about a generation: leave while it runs? mix engines?"""

from workbench.app.dialogs import ConfirmPrompt
from workbench.app.generate.standing import RunStanding
from workbench.core.text.plain import visible


class LeavePrompt(ConfirmPrompt):
    """Ask whether to leave while samples are being generated."""

    def __init__(self) -> None:
        super().__init__(
            "Samples are being generated.",
            words="Stop and quit? Everything received is saved.",
            hint="y yes, Esc cancel",
        )


class MixPrompt(ConfirmPrompt):
    """Ask whether to add one engine's samples to another's."""

    def __init__(self, now: RunStanding, engine: str) -> None:
        others = " and ".join(now.others)
        super().__init__(
            visible(f"{now.output.name} contains {others} samples."),
            words=f"Add {engine} samples to it?",
            hint="y yes, Esc cancel",
        )
