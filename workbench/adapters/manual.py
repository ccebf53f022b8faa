"""The manual that ships with the program: its pages, and which of them explains a topic."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from rapidfuzz import process

from workbench.core.codes import CODES
from workbench.core.errors import InputError
from workbench.core.text.plain import visible

FOLDER = Path(str(files("workbench"))) / "manual"
INDEX = "index"
CODES_PAGE = "verify"
"""The page with the table of finding codes."""
GLOSSARY = "glossary"

_ENTRY = re.compile(r"^- \[(.+?)\]\(([a-z-]+)\.md\): (.+)$", re.M)
_TERM = re.compile(r"^- \*\*(.+?)\*\*: (.+(?:\n  .+)*)", re.M)
_HEADING = re.compile(r"^(#+) (.+)$")
_FENCE = re.compile(r"^```")
_PICTURE = re.compile(r"^!\[.*\]\(.*\)\n+", re.M)


@dataclass(frozen=True)
class Page:
    """A page: name, as in its file's; title and summary, one line each; text, in Markdown."""

    name: str
    title: str
    summary: str
    text: str

    @cached_property
    def sections(self) -> tuple["Section", ...]:
        """Its sections in order, the whole page not among them."""
        lines = self.text.splitlines(keepends=True)
        found = list(_headings(lines))
        sections = []
        for at, (line, level, title) in enumerate(found):
            end = next((e for e, other, _ in found[at + 1 :] if other <= level), len(lines))
            if level > 1:
                sections.append(Section(title, slug(title), "".join(lines[line:end])))
        return tuple(sections)


@dataclass(frozen=True)
class Section:
    """A part of a page: its title, what links to it call it, and its text with the heading."""

    title: str
    slug: str
    text: str


@dataclass(frozen=True)
class Topic:
    """What explains a topic. page: it is on. slug: of its section, or "" for the whole page."""

    page: Page
    slug: str
    text: str


def pages() -> tuple[Page, ...]:
    """Read all pages, the index first, the others in its order.

    Raises `InputError` if the manual is not in the installation.
    """
    try:
        index = _read(INDEX)
        entries = [(INDEX, "Manual", "all pages")]
        entries += [(name, title, summary) for title, name, summary in _ENTRY.findall(index)]
        return tuple(Page(name, title, words, _read(name)) for name, title, words in entries)
    except OSError as error:
        raise InputError(
            f"{FOLDER}: the manual is not there ({error.strerror}); install the package again."
        ) from None


def _read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def find(topic: str, known: Sequence[Page]) -> Topic:
    """Find what explains a topic.

    It is a page or a section by name, a command, a finding code, a word of the glossary, or an
    option with its dashes or without, or a search such as `verdict:fail`. Raises `InputError` for
    one that is not there, with the nearest.
    """
    wanted = topic.strip().lower().removesuffix(".md")
    named = {page.name: page for page in known}
    if wanted in CODES:
        return Topic(named[CODES_PAGE], "finding-codes", _code(wanted, named[CODES_PAGE]))
    for page in known:
        if wanted in (page.name, page.title.lower()):
            return Topic(page, "", page.text)
    sections = [(page, section) for page in known for section in page.sections]
    for page, section in sections:
        if wanted in (section.slug, section.title.lower()):
            return Topic(page, section.slug, section.text)
    for page, section in sections:  # `catalog` is its `catalog show` and others
        if section.slug.startswith(f"{wanted}-") and section.title.startswith(f"{wanted} "):
            return Topic(page, "", page.text)
    for words, text in _TERM.findall(named[GLOSSARY].text):
        if wanted in words.lower().split(", "):
            return Topic(named[GLOSSARY], "", f"**{words}**: {text}\n")
    option = re.compile(rf"`--{re.escape(wanted.lstrip('-'))}(?![\w-])")
    if having := [page for page in known if option.search(page.text)]:
        lines = "".join(f"- {page.name}: {page.summary}\n" for page in having)
        return Topic(having[0], "", f"# --{wanted.lstrip('-')}\n\nSee the pages\n\n{lines}")
    from workbench.core.review.search import KEYS

    if ":" in wanted and wanted.partition(":")[0] in KEYS:
        return Topic(named["search"], "", named["search"].text)
    names = [*named, *CODES, *(section.slug for _, section in sections)]
    near = process.extractOne(wanted, names, score_cutoff=70)
    hint = f"did you mean {near[0]}?" if near else "`workbench manual` lists the pages."
    raise InputError(f"the manual has no topic “{visible(topic[:60])}”; {hint}")


def _code(code: str, page: Page) -> str:
    """Write what there is to say about a finding code: its severity, meaning and stage."""
    stage = code.partition(".")[0]
    text = f"# {code}\n\n{CODES[code].severity}: {CODES[code].meaning}.\n"
    about = next((one for one in page.sections if one.slug == f"the-{stage}-stage"), None)
    return text if about is None else f"{text}\n{about.text}"


def slug(title: str) -> str:
    """Write a heading as links name it, as GitHub does."""
    kept = re.sub(r"[^\w\- ]", "", title.lower())
    return kept.strip().replace(" ", "-")


def without_pictures(text: str) -> str:
    """Leave out the pictures, which a terminal cannot show."""
    return _PICTURE.sub("", text)


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the line, the level and the words of each heading outside code blocks."""
    fenced = False
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (heading := _HEADING.match(line)):
            yield number, len(heading[1]), heading[2].strip()
