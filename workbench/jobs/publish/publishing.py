"""Publish: write a new folder, load it back, put it in place, and upload it on request."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.adapters.config.secrets import exposure
from workbench.adapters.hub import need_publish
from workbench.core.errors import InputError
from workbench.core.training.licences import licence_note
from workbench.jobs.publish.folders import inside, published_files, staged
from workbench.jobs.publish.options import Published, PublishOptions

if TYPE_CHECKING:
    from workbench.adapters.hub.upload import RepoKind


def publish(options: PublishOptions) -> Published:
    """Write a dataset's or a model's folder, and upload it on request.

    Nothing leaves the machine without `upload`. Raises `InputError` for anything unusable or that
    differs when loaded back, and then no folder is written; `UploadError` from the Hub.
    """
    need_publish()
    # Imported here: they need the extra.
    from workbench.jobs.publish.dataset import write_dataset_folder
    from workbench.jobs.publish.model import check_model, write_model_folder

    kind: RepoKind = "model" if options.source.is_dir() else "dataset"
    if kind == "model":
        check_model(options)
    elif not options.source.exists():
        raise InputError(f"{options.source}: there is no such file; check the path.")
    elif not options.source.is_file():
        raise InputError(f"{options.source}: this is not a regular file; name records, or a model.")
    _check(options, kind)
    folder, repository = options.folder, options.repository
    if options.upload:
        from workbench.adapters.hub.upload import ready_to_upload, upload

        token, source = ready_to_upload()
    with staged(folder, options.replace, options.force) as place:
        if kind == "model":
            compared, notes = write_model_folder(options, place)
            done = Published(folder, {}, compared, notes)
        else:
            counts, compared, notes = write_dataset_folder(options, place)
            done = Published(folder, counts, compared, notes)
    if said := licence_note(options.license_id):
        done = replace(done, notes=(*done.notes, said))
    if not options.upload or repository is None:
        return done
    if Path(source).is_file() and (warning := exposure(Path(source))):
        done = replace(done, notes=(*done.notes, warning))
    names = published_files(folder)
    for name in names:
        inside(folder / name, folder)
    address = upload(folder, names, repository, kind, token, public=options.public)
    return replace(done, address=address)


def _check(options: PublishOptions, kind: "RepoKind") -> None:
    """Raise `InputError` for options that make no sense, or that the Hub would refuse."""
    from workbench.adapters.hub.upload import check_repository

    _ = options.license_id, options.language_tag
    if options.repository is not None:
        check_repository(options.repository)
    elif options.upload:
        raise InputError(f"--upload: {options.to} is a folder; use --to hub:OWNER/NAME.")
    if options.public and not options.upload:
        raise InputError(
            "--public: nothing is uploaded without --upload; add it, or drop --public."
        )
    if options.report is not None and kind == "dataset":
        raise InputError("--report goes into a model's card; name a model's folder, or drop it.")
    source, target = (Path(os.path.realpath(path)) for path in (options.source, options.folder))
    if target in (source, *source.parents):
        raise InputError(
            f"{options.folder}: the source is inside it ({options.source}); name another folder."
        )
