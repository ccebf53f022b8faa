"""Prompts: rendered from the templates in `prompts/`, which users may edit.

Templates are Jinja2 in a sandbox. The brief (`_brief.md.j2`) is rendered without a request, so it
is the same in every request of a run, and comes first, so that the service can cache it.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from workbench.adapters.files.resources import resource
from workbench.adapters.models.engine import Request
from workbench.adapters.templates.rendering import PromptError, Templates, read_prompt_file
from workbench.core.car.catalog import Catalog
from workbench.core.car.labelling_brief import brief_values, cell_words, conversation_words
from workbench.core.car.planned import plan_shown
from workbench.core.car.policy import Policy
from workbench.core.errors import InputError
from workbench.core.judge.tasks import ReaderTemplate
from workbench.core.samples import Sample
from workbench.core.shares import allotted
from workbench.core.text.prompt_text import line, lines, sample_shown

_EVALUATE = "evaluate.md.j2"
_CONVERSATIONS = "conversations.md.j2"
_CATALOG_MARK = "\x00catalog\x00"


def prompts_dir() -> Path:
    """Return the folder of the templates: the installed package's, else the checkout's."""
    try:
        return resource("prompts")
    except InputError as error:
        raise PromptError(str(error)) from None


class Prompts:
    """The prompts of one run: templates are read once, and the brief is rendered once.

    An edit while a run is going on changes nothing in it. Methods raise `PromptError`.
    """

    def __init__(self, catalog: Catalog, policy: Policy, directory: Path | None = None) -> None:
        self._catalog = catalog
        self._policy = policy
        self._folder = directory or prompts_dir()
        self._templates = Templates(self._folder)

    @cached_property
    def brief(self) -> str:
        """The constant part: what a sample is, the labelling rules, functions and catalogue."""
        text = self._templates.render("_brief.md.j2", brief_values(self._catalog, self._policy))
        return text.strip("\n") + "\n"

    def generation(self, request: Request) -> str:
        """Render the prompt of one request: the seed's if it shows no samples."""
        seed = not request.examples
        examples: list[Any] = (
            self._templates.json("examples.json")
            if seed
            else [sample_shown(sample) for sample in request.examples]
        )
        # Wishes for two thirds of a batch leave the model room to invent.
        thin = request.thin[: max(1, request.count * 2 // 3)]
        values = {
            "brief": self.brief,
            "examples": examples,
            "thin": [lines(cell_words(self._catalog, cell)) for cell in thin],
            "count": request.count,
            "number": request.number,
            "styles": [
                {"name": style, "count": count}
                for style, count in allotted(dict(request.styles), request.count).items()
                if count
            ],
        }
        text = self._templates.render("seed.md.j2" if seed else "expand.md.j2", values)
        return text.strip("\n") + "\n"

    def planned(self, plans: Sequence[Sample], number: int) -> str:
        """Render what is asked about conversations whose calls and results are fixed."""
        shown = [plan_shown(plan, self._catalog) for plan in plans]
        values = {"rules": self._policy.conversation_rules, "plans": shown, "number": number}
        text = self._templates.render(_CONVERSATIONS, values)
        return text.strip("\n") + "\n"

    def reading(self, template: ReaderTemplate, cases: Sequence[dict[str, Any]]) -> str:
        """Render what a judge or a repairer is asked about some samples, all of one kind."""
        values = {"brief": self.brief, "cases": cases, "rules": self._conversation_rules}
        return self._templates.render(f"{template}.md.j2", values).strip("\n") + "\n"

    @cached_property
    def _conversation_rules(self) -> list[dict[str, Any]]:
        parts = conversation_words(self._catalog, self._policy)
        return [{"title": title, "rules": lines(rules)} for title, rules in parts]

    def reading_hash(self, template: ReaderTemplate) -> str:
        """Hash everything that such a prompt is made of except the samples: 16 hex digits.

        What a template about single requests includes has never counted, and still doesn't, so that
        answers that were paid for stay in use.
        """
        name = f"{template}.md.j2"
        alone = template in ("judge", "repair")
        included = [] if alone else sorted(self._templates.used_by(name) - {name})
        digest = blake2b(digest_size=8)
        digest.update(_sized(self.reading(template, []).encode()))
        for used in (name, *included):
            digest.update(_sized(read_prompt_file(self._folder / used)))
        return digest.hexdigest()


class EvaluationPrompts:
    """What Gemini is asked when it is evaluated. hash: of the template, 16 hex digits.

    Read once: an edit while a run is going on changes nothing in it. Raises `PromptError`.
    """

    def __init__(self, directory: Path | None = None) -> None:
        folder = directory or prompts_dir()
        self._templates = Templates(folder)
        self.hash = _hash(folder / name for name in self._templates.used_by(_EVALUATE))

    def render(self, messages: Sequence[dict[str, Any]], functions: Sequence[Any]) -> str:
        """Render a record's question. messages: the developer's and the driver's."""
        *before, query = [str(message.get("content") or "") for message in messages]
        values = {"developer": "\n\n".join(before), "functions": functions, "query": line(query)}
        return self._templates.render(_EVALUATE, values).strip("\n") + "\n"


def developer_template(
    directory: Path | None = None, *, compact: bool = False, looked_up: bool = False
) -> tuple[str, str]:
    """Return the developer message of training records: the text before and after the catalogue.

    compact: that of the compact catalogue. looked_up: that of records without one, all of it being
    before. Raises `PromptError`, also where the template does not hold `{{ catalog }}` exactly
    once, where there is one.
    """
    folder = directory or prompts_dir()
    if looked_up:
        return Templates(folder).render("developer_looked_up.md.j2", {}).strip("\n"), ""
    name = "developer_compact.md.j2" if compact else "developer.md.j2"
    text = Templates(folder).render(name, {"catalog": _CATALOG_MARK}).strip("\n")
    before, *others = text.split(_CATALOG_MARK)
    if len(others) != 1:
        raise PromptError(
            f"{folder / name}: it must contain {{{{ catalog }}}} once, not {len(others)} "
            "times; put it where the catalogue belongs"
        )
    return before, others[0]


def developer_hash(
    directory: Path | None = None, *, compact: bool = False, looked_up: bool = False
) -> str:
    """Hash the developer message without the catalogue: SHA-256."""
    text = "".join(developer_template(directory, compact=compact, looked_up=looked_up))
    return sha256(text.encode()).hexdigest()


def generation_hash(directory: Path | None = None) -> str:
    """Hash what generation prompts are made of: 16 hex digits.

    Edits to the prompts for judging, repair or training records don't change it.
    """
    folder = directory or prompts_dir()
    used = Templates(folder).used_by("seed.md.j2", "expand.md.j2", "_brief.md.j2")
    return _hash(folder / name for name in (*used, "examples.json"))


def prompt_hash(directory: Path | None = None) -> str:
    """Hash the names and contents of all prompt files: 16 hex digits."""
    folder = directory or prompts_dir()
    return _hash(path for path in folder.iterdir() if path.suffix in (".j2", ".json"))


def _hash(paths: Iterable[Path]) -> str:
    digest = blake2b(digest_size=8)
    for path in sorted(path for path in paths if path.exists()):
        for part in (path.name.encode(), read_prompt_file(path)):
            digest.update(_sized(part))
    return digest.hexdigest()


def _sized(part: bytes) -> bytes:
    """Return a part with its length before it, so that parts can't run into each other."""
    return len(part).to_bytes(8, "big") + part
