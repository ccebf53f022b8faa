"""What a verdict depends on beside the sample, as one hash: by another, no verdict is the same."""

from hashlib import sha256
from pathlib import Path

from workbench import __version__
from workbench.adapters.catalogs import CatalogFiles
from workbench.adapters.files import read_bytes


def verdict_basis(files: CatalogFiles) -> str:
    """Hash catalogue, policy, word lists, the driver's side and this program's version.

    Raises `InputError` where a file cannot be read.
    """
    digest = sha256(f"{__version__}\n{files.driver_side}\n".encode())
    for name, told in files.digests().items():
        digest.update(f"{name} {told}\n".encode())
    for path in (files.policy_path, *_word_lists(files.lexicon_path)):
        content = sha256(read_bytes(path, "word list")).hexdigest()
        digest.update(f"{content}\n".encode())
    return digest.hexdigest()


def _word_lists(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.toml"))
