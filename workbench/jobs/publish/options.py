"""What to publish, where to, and the result."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbench.core.errors import InputError

HUB = "hub:"
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]*")


@dataclass(frozen=True)
class PublishOptions:
    """What to publish.

    source: records (JSONL), or a model's folder. to: a folder, or `hub:OWNER/NAME`, which is
    written to `build/publish/OWNER/NAME`. license: as the Hub names it. name: for people; None for
    the file's. report: from `evaluate`, for a model's card. upload: to the Hub. public: visible to
    everyone at once. replace: an earlier publication in the folder. force: also its files that have
    changed since.
    """

    source: Path
    to: str
    license: str | None = None
    name: str | None = None
    language: str = "en"
    report: Path | None = None
    upload: bool = False
    public: bool = False
    replace: bool = False
    force: bool = False

    @property
    def repository(self) -> str | None:
        """The name on the Hub, None for a folder. Raises `InputError` for a bad one."""
        if not self.to.startswith(HUB):
            return None
        name = self.to.removeprefix(HUB)
        if not _REPOSITORY.fullmatch(name):
            raise InputError(f"--to {self.to}: name the owner too, as in hub:OWNER/NAME.")
        return name

    @property
    def folder(self) -> Path:
        """The folder that is written."""
        name = self.repository
        return Path(self.to) if name is None else Path("build", "publish", name)

    @property
    def license_id(self) -> str:
        """The licence as the Hub names it. Raises `InputError` if none is given."""
        given = (self.license or "").strip().lower()
        if not given:
            raise InputError(
                "nothing is published without a licence; add --license ID, as the Hub names it "
                "(apache-2.0, cc-by-4.0, mit, …)."
            )
        if not _LICENSE.fullmatch(given):
            raise InputError(
                f"--license {self.license}: this is not a licence ID such as apache-2.0, "
                "cc-by-4.0, mit or other."
            )
        if given == "unknown":
            raise InputError("--license unknown: name the licence, or other and add its text.")
        return given

    @property
    def language_tag(self) -> str:
        """The language of the requests, such as en or pt-BR. Raises `InputError` for a bad one."""
        if not _LANGUAGE.fullmatch(self.language):
            raise InputError(f"--language {self.language}: use its code, such as en or de.")
        return self.language

    @property
    def title(self) -> str:
        """The title for people, in one line."""
        return " ".join((self.name or "").split()) or self.source.resolve().name.removesuffix(
            ".jsonl"
        )


@dataclass(frozen=True)
class Published:
    """What was published. counts: records by split, empty for a model. compared: what was loaded
    back and found equal, in words. notes: what to look at. address: on the Hub, "" if not uploaded.
    """

    folder: Path
    counts: Mapping[str, int] = field(default_factory=dict)
    compared: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    address: str = ""
