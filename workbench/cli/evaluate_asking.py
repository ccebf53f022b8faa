"""How `workbench evaluate` asks a model: with progress, and going on after Ctrl-C."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

import typer

from workbench.adapters.models.answering import Answerer
from workbench.cli.console import note
from workbench.cli.progress import counting
from workbench.core.errors import InputError, WorkbenchError
from workbench.jobs.evaluate import QuestionAsked, Unanswered
from workbench.jobs.evaluate.choosing import AnswererChoice, answering

Asking = AsyncGenerator[QuestionAsked | Unanswered, None]


def need_answers(outputs: Path | None, saved: Path) -> None:
    """Raise `InputError` if there is nothing to score."""
    if outputs is None and not saved.exists():
        raise InputError(
            f"{saved}: there are no saved answers; say what to ask (--model, --endpoint or "
            "--gemini), or name a file of answers with --outputs."
        )


def ask_and_save(
    begin: Callable[[Answerer], Asking],
    total: int,
    choice: AnswererChoice,
    path: Path,
    dataset: Path,
    *,
    batch: bool,
    chat: bool = False,
) -> None:
    """Ask what is left.

    dataset: the one among whose runs Gemini's is recorded. chat: have Gemini go on with
    conversations.
    """
    answerer: Answerer | None = None
    try:
        with answering(choice, dataset, chat=chat) as answerer:
            _consume(begin, total, answerer, path, batch=batch)
    except KeyboardInterrupt:
        note(f"Interrupted. The answers are in {path}; run the same command to continue.")
        raise typer.Exit(130) from None
    finally:
        for sentence in answerer.notes if answerer is not None else ():
            note(sentence)


def _consume(
    begin: Callable[[Answerer], Asking],
    total: int,
    answerer: Answerer,
    path: Path,
    *,
    batch: bool,
) -> None:
    """Ask, showing progress. Raises `WorkbenchError` if no question was answered."""
    failed: list[Unanswered] = []
    before = 0

    async def consume() -> None:
        nonlocal before
        started = False
        try:
            async with aclosing(begin(answerer)) as events:
                async for event in events:
                    if isinstance(event, Unanswered):
                        failed.append(event)
                        continue
                    before, started = before if started else event.done, True
                    progress(event.done, event.total)
        finally:
            await answerer.close()

    with counting("Asking the model", batch=batch, every=1) as progress:
        asyncio.run(consume())
    if before:
        note(f"{path}: {before:,} of {total:,} were answered before and aren't asked again")
    if failed and len(failed) == total:
        raise WorkbenchError(f"no question was answered: {failed[0].reason.rstrip('.')}.")
    for one in failed[:5]:
        note(f"record {one.number}: {one.reason}")
    if len(failed) > 5:
        note(f"… and {len(failed) - 5} more without an answer")
