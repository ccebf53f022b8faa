"""The dataset card: what a set of records is, in Markdown, for anyone who gets the files."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.core.car.catalog import Catalog, Cell
from workbench.core.car.coverage import covered
from workbench.core.text.markdown import code, plain, quoted, table
from workbench.core.training.records import RecordForm, RecordShape

LOADING = """```python
from datasets import Features, Json, List, load_dataset

features = Features({{"metadata": Json(), "tools": List(Json()), "messages": List(Json())}})
{load}
```
"""


_TRL: dict[RecordForm, str] = {
    "dialog": "TRL's `SFTTrainer` learns them alone with `assistant_only_loss=True`, if the chat "
    "template marks them; it has no such template for Gemma 4 and FunctionGemma. Records of the "
    "shape `steps` need no marks.",
    "steps": """TRL's `SFTTrainer` learns it alone if it gets the messages as prompt and completion:

```python
def as_prompt(record):
    return {"prompt": record["messages"][:-1], "completion": record["messages"][-1:]}


# records, as they are loaded below
records = records.map(as_prompt, remove_columns=["metadata", "messages"])
```""",
}
"""What is said of training with TRL."""


@dataclass(frozen=True)
class CardFacts:
    """What a card says.

    name: the records file. files: the others, with what each is. counts: records by split. edited:
    how many were edited. left: samples left out by reason, in words. despite: samples exported
    although they shouldn't be, in words. reviewers: decisions by the name to show. writers: records
    by engine and model. dismissed: findings that reviewers marked wrong, by code. runs: what is
    known about the runs, a line each. hashes: of the inputs, by what they are. license: "" if none
    is given. sides: the files by split, if there are any. shape: what a record shows of the car, in
    words. lengths: tokens of a record by tokenizer: fewest, median, most, and the catalogue's
    share. holds: what a record holds besides, in words. form: how much of a conversation that is.
    kinds: samples by kind, and replies by kind, where there are conversations. styles: samples by
    how they are put, where that is on record.
    """

    name: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    edited: int
    include: str
    left: Mapping[str, int]
    despite: Sequence[str]
    decisions: Mapping[str, int]
    how: Mapping[str, int]
    reviewers: Mapping[str, int]
    verdicts: Mapping[str, int]
    findings: Mapping[str, int]
    writers: Mapping[tuple[str, str], int]
    runs: Sequence[str]
    seed: int
    split: str
    leaks: int
    catalog: Catalog = field(repr=False)
    cells: Mapping[Cell, int] = field(repr=False)
    hashes: Mapping[str, str] = field(repr=False)
    dismissed: Mapping[str, int] = field(default_factory=dict)
    license: str = ""
    sides: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    shape: str = "the functions, a developer message with the vehicle's whole catalogue"
    lengths: Mapping[str, tuple[int, int, int, float]] = field(default_factory=dict)
    form: RecordForm = "single"
    holds: str = RecordShape().holds
    kinds: Mapping[str, int] = field(default_factory=dict)
    styles: Mapping[str, int] = field(default_factory=dict)
    replies: Mapping[str, int] = field(default_factory=dict)


def render_card(facts: CardFacts) -> str:
    """Write the card. Equal facts give equal text."""
    total = sum(facts.counts.values())
    parts = ", ".join(f"{number:,} {name}" for name, number in facts.counts.items() if number)
    sections = [
        f"# {plain(facts.name)}",
        f"{total:,} function-calling records for an in-car assistant ({parts}), "
        f"exported by CarTool Workbench {plain(facts.version)}. Each contains "
        f"{facts.shape}, {facts.holds}.",
        _files(facts),
        *_lengths(facts),
        *_conversations(facts),
        "## Licence\n\n" + (plain(facts.license) or "No licence is given."),
        _review(facts),
        _verification(facts),
        _origin(facts),
        _coverage(facts),
        _loading(facts),
    ]
    return "\n\n".join(section.strip("\n") for section in sections) + "\n"


def _files(facts: CardFacts) -> str:
    rows = [(code(name), words) for name, words in facts.files.items()]
    return _table(("file", "what is in it"), rows)


def _lengths(facts: CardFacts) -> Iterator[str]:
    if facts.lengths:
        rows = [
            (plain(name), f"{low:,}", f"{middle:,}", f"{high:,}", f"{share:.0%}")
            for name, (low, middle, high, share) in facts.lengths.items()
        ]
        yield "Tokens of a record, prompt and answer:\n\n" + _table(
            ("tokenizer", "fewest", "median", "most", "catalogue"), rows
        )


def _conversations(facts: CardFacts) -> Iterator[str]:
    if facts.form == "single":
        return
    learnt = (
        "Every message of the role `assistant` is to be learnt, and nothing else."
        if facts.form == "dialog"
        else "Only a record's last message is to be learnt; those of the assistant before it have "
        "`weight` 0. All records of one conversation are in the same split."
    )
    lines = [
        "A message of the role `tool` is what the car answers to a call, as JSON; a simulated "
        "vehicle has made it, from the state in which the conversation begins. Where a record ends "
        f"with calls, their results are left out. {learnt}",
        _TRL[facts.form],
        _counts("kind", "samples", facts.kinds),
        _counts("reply", "replies", facts.replies),
    ]
    yield "## Conversations\n\n" + "\n\n".join(filter(None, lines))


def _review(facts: CardFacts) -> str:
    lines = [f"Exported: {facts.include}; {facts.edited:,} of the records were edited."]
    lines += [f"**{words}**" for words in facts.despite]
    tables = [
        _counts("decision", "records", facts.decisions),
        _counts("how it was decided", "records", facts.how),
        _counts("reviewer", "records", facts.reviewers),
        _counts("left out", "samples", facts.left),
    ]
    return "## Review\n\n" + "\n\n".join([*lines, *filter(None, tables)])


def _verification(facts: CardFacts) -> str:
    intro = (
        "Every call was checked for format and run on a simulated vehicle; rules and word "
        "lists compared it with the request (they can be wrong, so they only warn)."
    )
    tables = [
        _counts("verdict", "records", facts.verdicts),
        _counts("finding", "records", facts.findings),
    ]
    if facts.dismissed:
        tables += [
            "Findings that reviewers marked wrong; they don't count in the verdicts above:",
            _counts("marked wrong", "findings", facts.dismissed),
        ]
    return "## Verification\n\n" + "\n\n".join([intro, *filter(None, tables)])


def _origin(facts: CardFacts) -> str:
    writers = [(plain(e), plain(m), f"{n:,}") for (e, m), n in facts.writers.items()]
    hashes = [(plain(name), f"`{value}`") for name, value in facts.hashes.items()]
    blocks = [
        _table(("engine", "model", "records"), writers),
        "\n".join(f"- {plain(line)}" for line in facts.runs),
        f"Shuffled and split with seed {facts.seed}, `{facts.split}` split: "
        + (
            f"{facts.leaks:,} eval or dev records have a near-duplicate in another split."
            if facts.leaks
            else "no near-duplicates are in different splits."
            if facts.split == "cluster"
            else "near-duplicates were not searched for."
        ),
        _table(("input", "hash"), hashes),
    ]
    return "## Origin\n\n" + "\n\n".join(filter(None, blocks))


def _coverage(facts: CardFacts) -> str:
    catalog, cells = facts.catalog, facts.cells
    reached = covered(catalog, cells)
    rows = []
    for prop in catalog.properties.values():
        places = {a for name, a, _ in map(_parts, cells) if name == prop.name}
        counts = (
            sum(n for c, n in cells.items() if (c.property, c.access) == (prop.name, access))
            for access in ("get", "set")
        )
        row = (code(prop.name), *(f"{n:,}" for n in counts), f"{len(places)} of {len(prop.areas)}")
        if places:
            rows.append(row)
    absent = len(catalog.properties) - len(rows)
    text = (
        f"{reached} of {len(catalog.spoken_cells)} spoken cells (property, area, read or changed)"
    )
    return (
        f"## Coverage\n\n{text} have a record; {absent} of {len(catalog.properties)} properties "
        f"have none.\n\n" + _table(("property", "read", "changed", "areas"), rows) + _styles(facts)
    )


def _styles(facts: CardFacts) -> str:
    if not facts.styles:
        return ""
    return f"\n\n{_counts('style of the request', 'samples', facts.styles)}"


def _parts(cell: Cell) -> tuple[str, int, str]:
    return cell.property, cell.area, cell.access


def _loading(facts: CardFacts) -> str:
    if facts.sides:
        names = ", ".join(f"{quoted(side)}: {quoted(name)}" for side, name in facts.sides.items())
        load = (
            f"files = {{{names}}}\n"
            'dataset = load_dataset("json", data_files=files, features=features)'
        )
    else:
        load = (
            f'records = load_dataset("json", data_files={quoted(facts.name)}, features=features, '
            'split="train")\n'
        ) + "\n".join(
            f'{name} = records.filter(lambda record: record["metadata"] == "{side}")'
            for side, name in (("train", "train"), ("dev", "dev"), ("eval", "evaluation"))
            if facts.counts.get(side) or side != "dev"
        )
    return (
        "## Load it\n\nWith Hugging Face datasets 5 or newer; the features are given because the "
        "arguments of calls differ in type:\n\n"
        + LOADING.format(load=load)
        + "\n`datasets` 4 fills the records with empty keys, or refuses them: read the lines as "
        "JSON there. Some chat templates silently drop the developer message or the calls: look at "
        "what a template makes of a record before training with it."
    )


def _counts(what: str, of: str, counts: Mapping[str, int]) -> str:
    return _table((what, of), [(plain(name), f"{n:,}") for name, n in counts.items() if n])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table(head, rows) if rows else ""
