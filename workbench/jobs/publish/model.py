"""A model as a Hugging Face model folder: its files, its card, and how it was evaluated."""

import json
import re
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import MOST_MANIFEST, read_text
from workbench.adapters.hub.cards import card_text, read_card
from workbench.core.errors import InputError
from workbench.core.text.markdown import plain
from workbench.jobs.publish.dataset_card import TAGS
from workbench.jobs.publish.folders import MARK, inside
from workbench.jobs.publish.options import PublishOptions

_FILES = re.compile(
    r"config\.json|generation_config\.json|(preprocessor|processor)_config\.json"
    r"|adapter_config\.json|(adapter_)?model(-\d+-of-\d+)?\.safetensors"
    r"|model\.safetensors\.index\.json"
    r"|tokenizer(_config)?\.json|tokenizer\.model|special_tokens_map\.json|added_tokens\.json"
    r"|vocab\.(json|txt)|merges\.txt|chat_template\.jinja|(LICENSE|NOTICE)[\w.-]*"
)
"""The files of a model: no checkpoints, optimizer states, pickles or logs."""
_SMALL = 1 << 20
"""The most bytes of a configuration; tokenizers and vocabularies are longer."""
_FOLDER = re.compile(r'"(/[^"\n]+)"')
_PICTURE = re.compile(r"!\[[^\]]*\]\(([\w.-]+\.(?:svg|png))\)")
_UNSCORED = re.compile(r"^## How good it is\n.*?(?=^## |\Z)", re.M | re.S)
"""The section of a card by `finetune` that says there is no score yet."""


def check_model(options: PublishOptions) -> None:
    """Raise `InputError` if this isn't a model's folder, or no licence is given."""
    folder = options.source
    names = {path.name for path in folder.iterdir()}
    if not names & {"config.json", "adapter_config.json"} or not any(
        name.endswith(".safetensors") for name in names
    ):
        raise InputError(
            f"{folder}: this is not a model's folder (it needs a configuration and .safetensors); "
            f"name one written by `workbench finetune`."
        )
    if not (options.license or "").strip():
        base, base_licence = _base(folder)
        known = (
            f" {folder}: its base model {base} is under {base_licence}."
            if base and base_licence
            else ""
        )
        known = known or (f" Its base model is {base}: see its licence." if base else "")
        raise InputError(f"nothing is published without a licence; add --license ID.{known}")


def write_model_folder(
    options: PublishOptions, folder: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the folder; returns what was compared, and notes. Raises `InputError`."""
    source = options.source
    metadata, body = read_card(inside(source / "README.md", source))
    pictures = {name for name in _PICTURE.findall(body) if (source / name).is_file()}
    names = sorted(p.name for p in source.iterdir() if p.is_file() and _FILES.fullmatch(p.name))
    for name in (*names, *sorted(pictures)):
        shutil.copyfile(inside(source / name, source), folder / name)
    base, base_licence = _base(source)
    body = body or f"# {plain(options.title)}"
    if options.report:
        body = _UNSCORED.sub("", body).strip() + "\n\n" + _evaluation(options.report, folder)
    body = f"{body}\n\n{MARK}\n\n## Licence\n\n{options.license_id}"
    if base and base_licence:
        body += f". The base model, {plain(_public(base))}, is under {plain(base_licence)}."
    if isinstance(metadata.get("base_model"), str) and Path(metadata["base_model"]).exists():
        del metadata["base_model"]  # a folder of this machine
    metadata |= {"license": options.license_id, "language": [options.language]}
    metadata.setdefault("library_name", "transformers")
    metadata.setdefault("pipeline_tag", "text-generation")
    metadata.setdefault("tags", list(TAGS))
    (folder / "README.md").write_bytes(card_text(metadata, body))
    _compare(source, folder, names)
    read_card(folder / "README.md")
    notes = (*_notes(options, base, base_licence), *_named_folders(folder, names))
    return (f"{len(names)} files, byte for byte",), notes


def _notes(options: PublishOptions, base: str, base_licence: str) -> Iterator[str]:
    if base_licence and base_licence.lower() != options.license_id:
        yield f"the base model {base} is under {base_licence}; check that {options.license_id} fits"
    if not options.report:
        yield "the card has no evaluation; add one with --report FILE from `workbench evaluate`"


def _named_folders(folder: Path, names: list[str]) -> Iterator[str]:
    """Warn about configurations that name a folder on this machine, which are copied unchanged."""
    for name in names:
        if not name.endswith(".json") or (folder / name).stat().st_size > _SMALL:
            continue
        for found in set(_FOLDER.findall((folder / name).read_text("utf-8", "replace"))):
            if Path(found).exists():
                yield f"{name} names the folder {found} of this machine; edit it if that matters"


def _public(base: str) -> str:
    """Return a base model's name; for a folder on this machine, without its path."""
    return Path(base).name if Path(base).exists() else base


def _compare(source: Path, folder: Path, names: list[str]) -> None:
    for name in names:
        if _digest(source / name) != _digest(folder / name):
            raise InputError(f"{name}: the copy differs; check the disk.")


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _base(folder: Path) -> tuple[str, str]:
    """Return the base model and its licence, each "" if unknown."""
    metadata, _ = read_card(folder / "README.md")
    base = metadata.get("base_model")
    base = base[0] if isinstance(base, list) and base else base
    if not isinstance(base, str):
        base = _trained_from(folder / "finetune.json")
    base_licence = metadata.get("license")
    if not base_licence and base and Path(base, "README.md").is_file():
        base_licence = read_card(Path(base, "README.md"))[0].get("license")
    return base, base_licence if isinstance(base_licence, str) else ""


def _trained_from(path: Path) -> str:
    try:
        base: Any = json.loads(path.read_bytes())["model"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return base if isinstance(base, str) else ""


def _evaluation(report: Path, folder: Path) -> str:
    """Copy a report of `evaluate` with its plots; returns its text, for the card."""
    path = report.with_suffix(".md")
    data = report.with_suffix(".json")
    text = read_bytes(inside(path, path.parent), "report").decode("utf-8", "replace")
    folders = _folders_in(inside(data, data.parent)) if data.is_file() else []
    text = _without(folders, text)
    target = folder / "evaluation"
    target.mkdir()
    names = {name for name in _PICTURE.findall(text) if (path.parent / name).is_file()}
    (target / path.name).write_text(text, "utf-8")
    if data.is_file():
        content = read_text(data, "report", MOST_MANIFEST)
        (target / data.name).write_text(_without(folders, content), "utf-8")
    for name in sorted(names):
        shutil.copyfile(inside(path.parent / name, path.parent), target / name)
    text = _PICTURE.sub(lambda m: m[0].replace(f"({m[1]})", f"(evaluation/{m[1]})"), text)
    return re.sub(r"^(#+ )", r"#\1", text, flags=re.M).strip()


def _folders_in(report: Path) -> list[str]:
    """Return the paths on this machine in a report: of the model, and of the records.

    Raises `InputError` for anything that isn't a report.
    """
    try:
        body: Any = json.loads(report.read_bytes())
        named = [body["model"], body["data"]["path"]]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{report}: this is not a report of `workbench evaluate`.") from None
    return [name for name in named if isinstance(name, str) and name.startswith("/")]


def _without(folders: list[str], text: str) -> str:
    for folder in folders:
        text = text.replace(folder, Path(folder).name)
    return text
