"""Read the records to evaluate on."""

from hashlib import sha256
from pathlib import Path

from workbench.adapters.files import read_bytes
from workbench.core.errors import InputError
from workbench.core.gold import Gold, read_gold
from workbench.core.plain import visible
from workbench.core.records import SplitName


def load_golds(path: Path, split: SplitName, limit: int | None = None) -> tuple[list[Gold], str]:
    """Read the records of a split, and the SHA-256 of the file.

    Raises `InputError` for a line that is no record, or a file without any of the split.
    """
    content = read_bytes(path, "records file")
    golds = []
    for number, line in enumerate(content.splitlines(), 1):
        try:
            gold = read_gold(line, number)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: this is no training record ({visible(str(error))}); give "
                "a file that export or refine wrote."
            ) from None
        if gold.split == split:
            golds.append(gold)
    if not golds:
        raise InputError(f"{path}: it has no records of {split}; choose another --split.")
    return golds[:limit], sha256(content).hexdigest()
