"""What samples are made and checked with: catalogue, policy, word lists, prompts; and the terms."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from workbench.adapters.config.terms import terms_of
from workbench.adapters.files.resources import resource
from workbench.adapters.models.engine import Request
from workbench.adapters.prompts import Prompts, developer_template, prompts_dir
from workbench.adapters.templates.rendering import Templates
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.adapters.vehicle.wordlists import load_lexicon
from workbench.core.car.catalog import Catalog
from workbench.core.car.limit_checks import limit_faults
from workbench.core.car.policy import Policy
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.doctor.check import Check, of_error

CHARACTERS = 4
"""Characters per token in a prompt, roughly: only the service counts exactly."""

_Loaded = TypeVar("_Loaded")


class Sources:
    """The sources, loaded one by one by `checks`, which reports on each and keeps them here.

    longest: the longest prompt of a generation, "" if none could be rendered.
    """

    def __init__(self, files: CatalogFiles) -> None:
        self.files = files
        self.catalog: Catalog | None = None
        self.policy: Policy | None = None
        self.longest = ""
        self._failed: Check | None = None

    def checks(self) -> Iterator[Check]:
        """Load everything and yield a check for each."""
        self.catalog = self._load("catalogue", lambda: load_catalog(self.files))
        yield self._said("catalogue", self._of_catalog)
        yield from self._of_limits()
        self.policy = self._load("policy", lambda: load_policy(self.files))
        yield self._said("policy", lambda: str(self.files.policy_path))
        self._load("word lists", lambda: load_lexicon(self.files.lexicon_path))
        yield self._said("word lists", lambda: str(self.files.lexicon_path))
        self._load("phrases", lambda: load_phrases(resource("data") / "phrases"))
        yield self._said("phrases", lambda: "the words of the offline engine")
        if self.catalog and self.policy:
            self._load("prompts", self._render)
            yield self._said("prompts", self._of_prompts)

    def _load(self, name: str, load: Callable[[], _Loaded]) -> _Loaded | None:
        self._failed = None
        try:
            return load()
        except InputError as error:
            self._failed = of_error(name, error)
            return None

    def _said(self, name: str, message: Callable[[], str]) -> Check:
        return self._failed or Check(name, "ok", message())

    def _of_catalog(self) -> str:
        assert self.catalog is not None
        count, cells = len(self.catalog.properties), len(self.catalog.spoken_cells)
        return f"{count} properties, {cells} spoken cells ({self.files.properties_path})"

    def _of_limits(self) -> Iterator[Check]:
        """Report limits that make no sense, if there are any."""
        properties = self.catalog.properties.values() if self.catalog else ()
        odd = [prop.name for prop in properties if any(limit_faults(prop))]
        if odd:
            count = "1 property has" if len(odd) == 1 else f"{len(odd)} properties have"
            message = f"{count} limits that make no sense, the first {odd[0]}"
            remedy = f"workbench catalog check {self.files.properties_path} lists them"
            yield Check("catalogue", "warning", message, remedy)

    def _of_prompts(self) -> str:
        tokens = len(self.longest) // CHARACTERS
        return f"{prompts_dir()}: all render; a request is about {tokens:,} tokens"

    def _render(self) -> None:
        """Render what can be rendered without a run, and parse every other template."""
        assert self.catalog is not None and self.policy is not None
        folder = prompts_dir()
        templates = Templates(folder)
        for path in sorted(folder.glob("*.j2")):
            templates.check(path.name)
        prompts = Prompts(self.catalog, self.policy)
        thin = tuple(islice(self.catalog.spoken_cells, 30))
        shown = (Sample("Set it to 22 degrees", (ToolCall("setFloatProperty", {"value": 22.0}),)),)
        texts = [
            prompts.generation(Request(0, 15, thin=thin)),
            prompts.generation(Request(1, 30, examples=shown * 8, thin=thin)),
        ]
        developer_template()
        developer_template(compact=True)
        developer_template(looked_up=True)
        self.longest = max(texts, key=len)


def check_terms() -> Iterator[Check]:
    """Yield what the service's terms say: for information, never a problem."""
    try:
        sentences = terms_of("gemini")
    except InputError as error:
        yield of_error("terms", error)
        return
    for sentence in sentences:
        yield Check("terms", "ok", sentence)
