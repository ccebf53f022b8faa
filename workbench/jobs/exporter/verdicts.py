"""Known verdicts, by the basis they were found on and by content."""

from collections.abc import Iterable, MutableMapping
from functools import lru_cache

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import verdict_basis
from workbench.core.codes import CODES
from workbench.core.verdicts import Finding, Verdict


class Verdicts:
    """Known verdicts by content, all on one basis, the latest (see `verdict_basis`). Those from
    elsewhere are codes of findings. They are only relied on if they don't fail: a failing sample is
    verified again, because it may stop an export, which then says why.
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
        """Return what is known for these files as they are now, to be added to. Raises `InputError`
        if they can't be read.
        """
        self._turn_to(verdict_basis(files))
        return self._known

    def check(self, files: CatalogFiles) -> None:
        """Forget everything if the files have changed since it was asked for."""
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
