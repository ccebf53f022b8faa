"""`workbench generate --dry-run`: what a generation would come to, and one prompt of it."""

import asyncio

from workbench.adapters.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.terms import terms_of
from workbench.cli.console import out, say
from workbench.core.cost import money, unknown_words
from workbench.core.plain import visible
from workbench.jobs.engines import EngineChoice, make_engine, make_model
from workbench.jobs.estimate import Estimate, estimate, percent
from workbench.jobs.generate import GenerateOptions


def print_estimate(options: GenerateOptions, choice: EngineChoice, files: CatalogFiles) -> None:
    """Print the estimate. Sends nothing that costs, and writes nothing."""
    catalog = load_catalog(files)
    engine = make_engine(choice, catalog, load_policy(files))

    async def look() -> Estimate:
        model = make_model(choice) if choice.key else None
        try:
            # Counting is free of charge.
            count = getattr(model, "count_tokens", None)
            return await estimate(options, engine, catalog, count)
        finally:
            await engine.close()
            if model is not None:
                await model.close()

    found = asyncio.run(look())
    requests = "1 request" if found.requests == 1 else f"{found.requests:,} requests"
    say(f"{options.output}: {found.missing:,} samples wanted, about {requests}")
    if found.prompt is None:
        say("Nothing is sent to anybody, and nothing is to pay.")
    elif not found.requests:
        say("Nothing is left to ask for.")
    else:
        _print_cost(found, options, engine.model)
        for sentence in terms_of(choice.name):
            say(sentence)
        _print_prompt(found)
    say("Dry run: nothing was asked, nothing was written.")


def _print_cost(found: Estimate, options: GenerateOptions, model: str) -> None:
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
        tier = "" if options.tier == "standard" else f", tier {options.tier}"
        say(f"Prices: {price.words}{tier} ({price.source})")
    for sentence in found.basis:
        say(sentence, indent=2)


def _print_prompt(found: Estimate) -> None:
    assert found.prompt is not None
    say(f"The first prompt ({len(found.prompt.text):,} characters):")
    for line in found.prompt.text.splitlines():
        out.print(visible(line), markup=False, soft_wrap=True)
