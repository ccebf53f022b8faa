"""Screens that are imported after the first one is there, since all together take half a second."""

from importlib import import_module

_SCREENS = (
    "workbench.app.main",  # with the first ones; the doctor's command has none of them
    "workbench.app.edit",
    "workbench.app.review.fixes",
    "workbench.app.overview.screen",
    "workbench.app.summary.screen",
    "workbench.app.generate.screen",
    "workbench.app.judge.screen",
    "workbench.app.export.screen",
    "workbench.app.runs.screen",
    "workbench.app.doctor.screen",
    "workbench.app.drive.screen",
    "workbench.app.manual",
)


def import_screens() -> None:
    """Import the other screens; in a thread, so that keys go on and none has to wait later."""
    for name in _SCREENS:
        import_module(name)
