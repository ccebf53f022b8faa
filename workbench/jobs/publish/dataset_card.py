"""The card of a published dataset: metadata for the Hub, and the export's own card below."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.hub.cards import card_text
from workbench.adapters.hub.tables import COLUMNS, Size
from workbench.core.text.markdown import plain, quoted, table
from workbench.jobs.publish.folders import MARK, inside
from workbench.jobs.publish.options import PublishOptions

TAGS = ("function-calling", "tool-use", "automotive", "android-automotive", "cartool-workbench")
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_OWN = ("Licence", "Load it")
"""Sections of an export's card that are written differently here."""
_NO_LICENCE = "No licence is given."


def dataset_card(
    options: PublishOptions,
    counts: Mapping[str, int],
    sizes: Mapping[str, Size],
    provenance: bool,
) -> tuple[bytes, tuple[str, ...]]:
    """Write the card; also returns notes. sizes: of the default config, by split."""
    sections = _export_card(RecordFiles(options.source).card)
    name = options.title
    total = sum(counts.values())
    parts = ", ".join(f"{number:,} {split}" for split, number in counts.items())
    body = [
        f"# {plain(name)}",
        MARK,
        f"{total:,} function-calling records for an in-car assistant ({parts}), published by "
        f"CarTool Workbench {__version__}.",
        _files(provenance),
        _loading(options),
        f"## Licence\n\n{options.license_id}",
        *(f"## {head}\n\n{text}" for head, text in sections.items() if head not in _OWN),
    ]
    notes = []
    said = sections.get("Licence", _NO_LICENCE)
    if said not in (_NO_LICENCE, plain(options.license_id)) and (
        said.lower() != plain(options.license_id)
    ):
        notes.append(f"the export's card names another licence: {said}")
    return card_text(_metadata(options, name, total, sizes), "\n\n".join(body)), tuple(notes)


def _metadata(
    options: PublishOptions, name: str, total: int, sizes: Mapping[str, Size]
) -> dict[str, Any]:
    """Return the metadata.

    Only the default config states its features: datasets 4 doesn't know the typed one's type, and
    would then load none. Its Parquet files contain it.
    """
    configs: list[dict[str, Any]] = [
        {
            "config_name": config,
            "data_files": [
                {"split": split, "path": f"{config}/{split}.parquet"} for split in sizes
            ],
        }
        for config in ("strings", "typed")
    ]
    configs[0]["default"] = True
    return {
        "license": options.license_id,
        "language": [options.language],
        "pretty_name": name,
        "size_categories": [next((word for most, word in _SIZES if total < most), "n>1M")],
        "task_categories": ["text-generation"],
        "tags": list(TAGS),
        "configs": configs,
        "dataset_info": [
            {
                "config_name": "strings",
                "features": [{"name": column, "dtype": "string"} for column in COLUMNS],
                "splits": [
                    {"name": split, "num_bytes": size.memory, "num_examples": size.rows}
                    for split, size in sizes.items()
                ],
                "download_size": sum(size.disk for size in sizes.values()),
                "dataset_size": sum(size.memory for size in sizes.values()),
            }
        ],
    }


def _files(provenance: bool) -> str:
    rows = [
        (
            "`strings`, the default: `tools` and `messages` as JSON strings",
            "`strings/*.parquet`",
            "datasets 4 and newer",
        ),
        ("`typed`: as objects", "`typed/*.parquet`", "datasets 5 and newer"),
        ("the records as they were exported", "`records/*.jsonl`", "anything that reads JSON"),
    ]
    if provenance:
        what = "where each record comes from, in the order train, dev, eval"
        rows.append((what, "`provenance.jsonl`", ""))
    return table(("what", "files", "loads in"), rows)


def _loading(options: PublishOptions) -> str:
    where = quoted(options.repository or options.folder.name)
    return (
        "## Load it\n\n```python\nimport json\n\nfrom datasets import load_dataset\n\n"
        f"records = load_dataset({where})  # the config strings\n"
        'tools = json.loads(records["train"][0]["tools"])\n\n'
        f'typed = load_dataset({where}, "typed")  # datasets 5 or newer\n```\n\n'
        "Some chat templates silently drop the developer message or the calls: look at what a "
        "template makes of a record before training with it."
    )


def _export_card(path: Path) -> dict[str, str]:
    """Return the sections of an export's card by heading; they contain only the program's own
    markup.
    """
    if not path.is_file():
        return {}
    parts = re.split(r"^## (.*)$", inside(path, path.parent).read_text("utf-8"), flags=re.M)[1:]
    return {head: text.strip() for head, text in zip(parts[::2], parts[1::2], strict=True)}
