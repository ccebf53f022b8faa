"""All checks, in order."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.jobs.doctor.check import Check
from workbench.jobs.doctor.dataset import check_dataset
from workbench.jobs.doctor.folder import check_folder
from workbench.jobs.doctor.key import check_key
from workbench.jobs.doctor.program import (
    SettingProblems,
    check_program,
    no_setting_problems,
)
from workbench.jobs.doctor.service import check_service
from workbench.jobs.doctor.sources import Sources, check_terms
from workbench.jobs.doctor.terminal import Terminal, check_terminal, this_terminal


@dataclass(frozen=True)
class DoctorOptions:
    """What to check. offline: nothing is sent. model, base_url: as for a generation.

    of_settings: says what in the settings has no effect, which only the screens know.
    """

    dataset: Path
    labels: Path | None = None
    files: CatalogFiles = field(default_factory=CatalogFiles)
    model: str | None = None
    base_url: str | None = None
    offline: bool = False
    terminal: Terminal = field(default_factory=this_terminal)
    of_settings: SettingProblems = no_setting_problems


async def examine(options: DoctorOptions) -> AsyncIterator[Check]:
    """Yield one check at a time. It takes seconds (files, git): not for a screen's loop."""
    sources = Sources(options.files)
    for check in check_program(options.of_settings):
        yield check
    for check in check_terminal(options.terminal):
        yield check
    for check in sources.checks():
        yield check
    for check in check_folder(options.dataset.parent):
        yield check
    for check in check_dataset(options.dataset, options.files, options.labels):
        yield check
    for check in check_key():
        yield check
    async for check in check_service(
        options.model, options.base_url, sources.longest, options.offline
    ):
        yield check
    for check in check_terms():
        yield check
