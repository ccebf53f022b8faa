"""Load the verifier: the only way to a verdict, for every command and screen."""

from collections.abc import Sequence
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

from workbench import __version__
from workbench.adapters.files.durable import read_bytes
from workbench.adapters.vehicle.catalogs import (
    CatalogFiles,
    load_catalog,
    load_lists,
    load_policy,
)
from workbench.adapters.vehicle.wordlists import language_folders, load_lexicon
from workbench.core.checks import DEFAULT_STAGES, Verifier, Words
from workbench.core.verdicts import Stage


def load_verifier(files: CatalogFiles, stages: Sequence[Stage] = DEFAULT_STAGES) -> Verifier:
    """Load the vehicle now, and the words for reading queries with the first sample.

    `Verifier.ready` loads the latter at once. As long as the files stay the same, a process that
    asks again gets the verifier that it has: reading and compiling all words takes a tenth of a
    second. Raises `InputError` naming file, place and remedy; so does the verifier for unusable
    words.
    """
    return _verifier(files, tuple(stages), verdict_basis(files))


@lru_cache(maxsize=4)
def _verifier(files: CatalogFiles, stages: tuple[Stage, ...], basis: str) -> Verifier:
    return Verifier(load_catalog(files), partial(load_words, files), stages, basis)


def load_words(files: CatalogFiles) -> Words:
    """Load policy and lexicon. Raises `InputError` naming file, place and remedy."""
    return Words(load_policy(files), load_lexicon(files.lexicon_path))


def verdict_basis(files: CatalogFiles) -> str:
    """Hash everything a verdict depends on besides the sample: with another basis it may differ.

    That is catalogue, policy, word lists, the driver's side and this program's version. Raises
    `InputError` if a file can't be read.
    """
    digest = sha256(f"{__version__}\n{files.driver_side}\n".encode())
    for name, told in files.digests().items():
        digest.update(f"{name} {told}\n".encode())
    more = [*files.more_overlay_paths]
    lists = files.categories or files.functions
    if lists and load_lists(files).function in load_catalog(files).functions:
        more.append(files.categories_path)
    for path in (*more, files.policy_path, *_word_lists(files.lexicon_path)):
        content = sha256(read_bytes(path, "word list")).hexdigest()
        digest.update(f"{content}\n".encode())
    return digest.hexdigest()


def _word_lists(folder: Path) -> list[Path]:
    folders = [folder, *language_folders(folder)] if folder.is_dir() else [folder]
    return [path for one in folders for path in sorted(one.glob("*.toml"))]
