"""Verdicts that need not be found out again, by what they were found by and by content."""

from collections.abc import Iterable, MutableMapping
from functools import lru_cache

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import verdict_basis
from workbench.core.codes import CODES
from workbench.core.verdicts import Finding, Verdict


class Verdicts:
    """What is known of contents, all by one basis (see `verdict_basis`), the latest.

    What comes from elsewhere comes as codes of findings. Only what holds up is taken on such word:
    what fails is verified again, for an export may be refused over it, and says why.
    """

    def __init__(self) -> None:
        self._basis = ""
        self._known: dict[str, Verdict] = {}

    def learn(self, basis: str, found: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        """Take in codes of findings by content id."""
        self._turn_to(basis)
        for content, codes in found:
            verdict = _of_codes(codes)
            if verdict is not None:
                self._known.setdefault(content, verdict)

    def by(self, files: CatalogFiles) -> MutableMapping[str, Verdict]:
        """Return what is known by these files as they are now, to be added to.

        Raises `InputError` where they cannot be read.
        """
        self._turn_to(verdict_basis(files))
        return self._known

    def check(self, files: CatalogFiles) -> None:
        """Forget all if the files are no longer what they were when it was asked for."""
        self._turn_to(verdict_basis(files))

    def _turn_to(self, basis: str) -> None:
        if basis != self._basis:
            self._basis, self._known = basis, {}


@lru_cache(maxsize=1 << 12)
def _of_codes(codes: tuple[str, ...]) -> Verdict | None:
    """Return a verdict that does not fail; None for any other."""
    if any(code not in CODES for code in codes):
        return None
    verdict = Verdict(tuple(Finding(code, "") for code in codes))
    return None if verdict.status == "fail" else verdict
