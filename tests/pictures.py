"""The pictures of the manual: snapshots of the real screens, copied to where they ship.

`python -m tests.pictures` does it, after `pytest tests/app --snapshot-update`.
"""

from pathlib import Path
from shutil import copyfile

from workbench.adapters.manual import FOLDER

_SNAPSHOTS = Path(__file__).parent / "app/__snapshots__"

PICTURES = {
    FOLDER / "review.svg": _SNAPSHOTS / "test_snapshots/test_picture_review[120x40].svg",
    **{
        FOLDER / f"review-{name}.svg": _SNAPSHOTS
        / f"test_snapshots/test_picture_review[{name}].svg"
        for name in ("80x24", "200x60", "light", "ascii")
    },
    FOLDER / "review-conversation.svg": _SNAPSHOTS
    / "test_conversation_review/test_picture[120x40].svg",
    FOLDER / "edit.svg": _SNAPSHOTS / "test_edit/test_looks[place-wide].svg",
    FOLDER / "edit-conversation.svg": _SNAPSHOTS / "test_edit_steps/test_looks[warmer-wide].svg",
    FOLDER / "overview.svg": _SNAPSHOTS
    / "test_overview_screen/test_the_overview_as_it_looks[size1].svg",
}
"""Each with the snapshot that it is."""


def main() -> None:
    """Copy all of them."""
    for picture, snapshot in PICTURES.items():
        copyfile(snapshot, picture)


if __name__ == "__main__":
    main()
