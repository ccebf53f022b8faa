"""`--dry-run`: what a generation, judge or repair run would cost, and one of its prompts."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from workbench.adapters.config.terms import terms_of
from workbench.adapters.prompts import EvaluationPrompts
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import out, say
from workbench.core.car.catalog import Catalog
from workbench.core.plural import number_of
from workbench.core.spending.cost import PriceTier, money, unknown_words
from workbench.core.text.plain import visible
from workbench.core.training.free import Course
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate.choosing import AnswererChoice, gemini_choice
from workbench.jobs.evaluate.estimate import (
    courses_left,
    evaluation_estimate,
    questions_left,
    signed_questions,
)
from workbench.jobs.generating.engines import EngineChoice, make_engine, make_model
from workbench.jobs.generating.estimate import GenerationEstimate, estimate, percent
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.second_opinion.estimate import reading_estimate
from workbench.jobs.second_opinion.readers import PlannedRun, ReadingOptions

_DRY = "Dry run: nothing was asked, nothing was written."


def print_estimate(options: GenerateOptions, choice: EngineChoice, files: CatalogFiles) -> None:
    """Print the estimate. Sends nothing that costs money, and writes nothing."""
    verifier = load_verifier(files)
    engine = make_engine(choice, verifier.catalog, verifier.words.policy)

    async def look() -> GenerationEstimate:
        model = make_model(choice) if choice.key else None
        try:
            # Counting is free of charge.
            count = getattr(model, "count_tokens", None)
            return await estimate(options, engine, verifier, count)
        finally:
            await engine.close()
            if model is not None:
                await model.close()

    found = asyncio.run(look())
    requests = number_of(found.requests, "request")
    say(f"{options.output}: {found.missing:,} samples wanted, about {requests}")
    if found.prompt is None:
        say("Nothing is sent anywhere, and there is nothing to pay.")
    elif not found.requests:
        say("Nothing is left to ask for.")
    else:
        _print_asked(found, options.tier, engine.model, choice)
    say(_DRY)


def print_reading_estimate(
    planned: PlannedRun, dataset: Path, options: ReadingOptions, choice: EngineChoice
) -> None:
    """Print what a judge or repair run would cost; sends nothing that costs."""

    async def look() -> GenerationEstimate:
        model = make_model(choice)
        try:
            count = getattr(model, "count_tokens", None)
            return await reading_estimate(planned, dataset, options, count)
        finally:
            await model.close()

    found = asyncio.run(look())
    samples = number_of(found.missing, "sample")
    say(f"{dataset}: {samples} to {planned.task}, {number_of(found.requests, 'request')}")
    if found.requests:
        _print_asked(found, options.tier, planned.model, choice)
    else:
        say("Nothing is left to ask for.")
    say(_DRY)


def print_evaluation_estimate(
    golds: Sequence[Gold], data: Path, saved: Path, choice: AnswererChoice, *, chat: bool
) -> None:
    """Print what an evaluation would ask, and what Gemini would charge for it; asks nothing.

    chat: whether Gemini would go on with conversations.
    """
    chosen = gemini_choice(choice) if choice.gemini else None
    left = questions_left(golds, saved)
    say(f"{data}: {len(left):,} of {len(golds):,} questions are left to ask")
    if chosen is None:
        say("Nothing here is paid by the token.")
    elif left:
        _print_gemini(left, choice, chosen, chat=chat)
    say(_DRY)


def print_driving_estimate(
    courses: Sequence[Course],
    catalog: Catalog,
    data: Path,
    saved: Path,
    choice: AnswererChoice,
    *,
    tries: int,
) -> None:
    """Print what driving through conversations would ask, as if the model did what is signed.

    tries: how often it is to drive through each.
    """
    chosen = gemini_choice(choice) if choice.gemini else None
    left = courses_left(courses, saved, catalog, tries)
    total = len(courses) * tries
    what = "conversations are" if tries == 1 else f"conversations, each {tries:,} times, are"
    say(f"{data}: {len(left):,} of {total:,} {what} left to drive through")
    if chosen is None:
        say("Nothing here is paid by the token.")
    elif left:
        asked = [gold for course in left for gold in signed_questions(course, catalog)]
        say(f"A model that does what is signed is asked {len(asked):,} times:")
        _print_gemini(asked, choice, chosen, chat=True)
    say(_DRY)


def _print_gemini(
    left: Sequence[Gold], choice: AnswererChoice, chosen: EngineChoice, *, chat: bool
) -> None:
    from workbench.adapters.answerers.gemini import Gemini

    async def look() -> tuple[GenerationEstimate, str]:
        model = make_model(chosen)
        try:
            found = await evaluation_estimate(
                left,
                Gemini(model, None if chat else EvaluationPrompts()),
                workers=choice.workers,
                tier=chosen.tier,
                prices=choice.prices,
                count_tokens=getattr(model, "count_tokens", None),  # free of charge
            )
            return found, model.model
        finally:
            await model.close()

    found, model_name = asyncio.run(look())
    _print_asked(found, chosen.tier, model_name, chosen)


def _print_asked(
    found: GenerationEstimate, tier: PriceTier, model: str, choice: EngineChoice
) -> None:
    _print_cost(found, tier, model)
    for sentence in () if choice.endpoint else terms_of(choice.name):
        say(sentence)
    _print_prompt(found)


def _print_cost(found: GenerationEstimate, which: PriceTier, model: str) -> None:
    tokens, price = found.tokens, found.price
    say(
        f"Tokens: about {tokens.prompt:,} prompt, {tokens.output:,} output, "
        f"{tokens.thinking:,} thinking"
    )
    if found.cost is None or found.full_cost is None or price is None:
        say(f"Cost: {unknown_words(model)}")
    else:
        say(
            f"Cost: about {money(found.cost)} with {percent(found.cached)} of what is sent cached, "
            f"{money(found.full_cost)} with nothing cached"
        )
        tier = "" if which == "standard" else f", tier {which}"
        say(f"Prices: {price.words}{tier} ({price.source})")
    for sentence in found.basis:
        say(sentence, indent=2)


def _print_prompt(found: GenerationEstimate) -> None:
    assert found.prompt is not None
    say(f"The first prompt ({len(found.prompt.text):,} characters):")
    for line in found.prompt.text.splitlines():
        out.print(visible(line), markup=False, soft_wrap=True)
