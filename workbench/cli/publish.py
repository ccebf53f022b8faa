"""`workbench publish`: records or a model as a Hugging Face folder, uploaded only on request."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.console import note, say
from workbench.cli.records import say_counts
from workbench.core.options import Force, Reads, Writes


def publish(
    source: Annotated[
        Path, typer.Argument(help="Records (JSONL), or a model's folder."), Reads("source")
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="DIR|hub:OWNER/NAME", help="The folder or repository to write to."
        ),
        Writes("folder"),
    ],
    license_: Annotated[
        str | None,
        typer.Option("--license", metavar="ID", help="Required: the licence's ID on the Hub."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The title shown to readers.")] = None,
    language: Annotated[
        str, typer.Option("--language", help="The language of the requests.")
    ] = "en",
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="An evaluation report, for a model's card."),
        Reads("report"),
    ] = None,
    upload: Annotated[
        bool, typer.Option("--upload", help="Upload it to the Hub; otherwise nothing is sent.")
    ] = False,
    public: Annotated[
        bool,
        typer.Option("--public", help="Make a new repository public; otherwise it is private."),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what was published in that folder before.")
    ] = False,
    force: Force = False,
) -> None:
    """Write records as a Hugging Face dataset folder, or a model as a model folder.

    It is loaded back and compared, record by record, before it is called done. Needs the extra
    publish.
    """
    from workbench.jobs.publish import PublishOptions
    from workbench.jobs.publish import publish as run

    options = PublishOptions(
        source, to, license_, name, language, report, upload, public, replace, force
    )
    done = run(options)
    for words in done.notes:
        note(f"note: {words}")
    if done.counts:
        say_counts(done.folder, done.counts)
    else:
        say(f"{done.folder}: the model")
    for words in done.compared:
        say(f"  read back and equal: {words}")
    if done.address:
        say(f"uploaded: {done.address}")
    elif options.repository:
        note("not uploaded; run it again with --replace --upload")
