"""Cards of datasets and models: YAML metadata above Markdown, as the Hub reads them."""

from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import read_bytes
from workbench.core.errors import InputError


def read_card(path: Path) -> tuple[dict[str, Any], str]:
    """Read a card: its metadata, empty if it has none, and its text; empty without the file.

    Raises `InputError` if the metadata isn't YAML.
    """
    from huggingface_hub import RepoCard

    if not path.exists():
        return {}, ""
    text = read_bytes(path, "card").decode("utf-8", "replace")
    try:
        card = RepoCard(text, ignore_metadata_errors=False)
    except Exception as error:  # YAML's errors and others
        said = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: its metadata can't be read ({said}); fix it.") from None
    return card.data.to_dict(), card.text.strip("\n")


def card_text(metadata: dict[str, Any], body: str) -> bytes:
    """Write a card."""
    from huggingface_hub import CardData

    return f"---\n{CardData(**metadata).to_yaml()}\n---\n\n{body.strip()}\n".encode()
