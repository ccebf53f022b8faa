"""Generate, stopped at each of its writes: the next run ends as if nothing had happened."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256

import pytest
from crashes import Disk, run_on_disk, state_of
from small_car import POLICY, small_catalog
from verifying import verifier_of

from workbench.jobs.generating.engines import choose_engine, make_engine
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.generation import LOOKAHEAD
from workbench.jobs.generating.options import GenerateOptions

pytestmark = pytest.mark.exhaustive

CATALOG = small_catalog()
WANTED = 30
DATASET, JOURNAL, DUPLICATES = "data.json", "data.journal.jsonl", "data.duplicates.jsonl"
RUNS = "data.runs.json"


@dataclass
class UntidyEngine:
    """The offline engine, in small requests, and with a model's faults: each by its request."""

    inner: object = field(
        default_factory=lambda: make_engine(choose_engine("offline"), CATALOG, POLICY)
    )
    name, model, deterministic, notes = "offline", "untidy", True, ()

    def batch_size(self, *, cold):  # noqa: ARG002
        return 3

    def prompt(self, request):
        return self.inner.prompt(request)

    async def ask(self, request, prompt=None):  # noqa: ARG002
        reply = await self.inner.ask(request)
        items = json.loads(reply.text)
        match request.number % 5:
            case 1:
                text = json.dumps([*items, {"query": "no calls"}])
            case 2:
                text = json.dumps([*items, items[0]])
            case 3:
                text = json.dumps(items[:1])[:-1] + ', {"query": "cut'
            case 4:
                text = "[]" if request.number % 2 else reply.text
            case _:
                text = reply.text
        return replace(reply, text=text)


ENGINE = UntidyEngine()


def run(folder, *, save_interval=2, stop_after=None):
    """Generate; with `stop_after` events, as if Ctrl-C was pressed then."""
    options = GenerateOptions(
        folder / DATASET, WANTED, workers=1, save_interval=save_interval, threshold="0.5"
    )

    async def go():
        job = generate(options, ENGINE, verifier_of(CATALOG))
        count = 0
        async for _ in job:
            count += 1
            if count == stop_after:
                await job.aclose()

    asyncio.run(go())


@dataclass(frozen=True)
class Whole:
    """A run that nothing stopped: what it left, and what its disk saw."""

    end: dict
    disk: Disk


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    disk = run_on_disk(folder, {}, partial(run, folder))
    return Whole(state_of(folder), disk)


def entries(state, kind):
    return [e for line in state[JOURNAL].splitlines() if (e := json.loads(line))["kind"] == kind]


def resumed(folder, state, **options):
    run_on_disk(folder, state, partial(run, folder, **options))
    return state_of(folder)


def check_same(end, whole):
    """The same dataset to the byte, and every reply and item accounted for once."""
    assert end.keys() == whole.end.keys(), "a file is missing or left over"
    own = (JOURNAL, RUNS)
    assert [name for name in end if name not in own and end[name] != whole.end[name]] == []
    asked = Counter(entry["request"] for entry in entries(end, "reply"))
    assert asked == Counter(entry["request"] for entry in entries(whole.end, "reply"))
    assert entries(end, "fold")[-1]["ledger"] == entries(whole.end, "fold")[-1]["ledger"]
    check_runs(end)


def check_runs(end):
    """Every run is closed, and together they are what the journal tells, nothing twice."""
    runs = list(json.loads(end[RUNS])["_default"].values())
    assert {run["end"] for run in runs} <= {"done", "interrupted", "killed"}
    assert sum(run["replies"] for run in runs) == len(entries(end, "reply"))
    sums = Counter()
    for run in runs:
        sums.update(run["ledger"])
    assert +sums == +Counter(entries(end, "fold")[-1]["ledger"])


def newer_than_its_note(state):
    """Whether a crash came between the dataset's renaming and the journal's fold line."""
    if DATASET not in state or not state[JOURNAL].endswith(b"\n"):
        return False
    folds = entries(state, "fold")
    return not folds or folds[-1]["digest"] != sha256(state[DATASET]).hexdigest()


def test_the_run_is_worth_stopping(whole):
    """It goes beyond what is asked at first, and items end in every state."""
    ledger = entries(whole.end, "fold")[-1]["ledger"]
    assert ledger["kept"] == WANTED
    assert min(ledger[state] for state in ("duplicate", "invalid", "unparsable")) >= 2
    assert len(entries(whole.end, "fold")) >= 5
    assert ledger["replies"] >= 2 * LOOKAHEAD


def test_a_kill_between_the_dataset_and_its_note(tmp_path, whole):
    states = [state for state in whole.disk.killed if newer_than_its_note(state)]
    assert len(states) == len(entries(whole.end, "fold"))
    for state in states:
        check_same(resumed(tmp_path, state), whole)


def test_a_kill_at_any_write(tmp_path, whole):
    """Half lines, replies not yet folded in, side files ahead of the dataset, the last write."""
    for state in whole.disk.killed:
        check_same(resumed(tmp_path, state), whole)


def test_a_power_cut_at_any_write(tmp_path, whole):
    """What was asked is appended without a flush; what follows from it must not come first."""
    assert whole.disk.cut
    for state in whole.disk.cut:
        check_same(resumed(tmp_path, state), whole)


@pytest.mark.parametrize("writes", [17, 29])
def test_kills_again_and_again(tmp_path, whole, writes):
    """Each run gets a few writes further, and never as far as its end."""
    state, kills = {}, 0
    while len(seen := run_on_disk(tmp_path, state, partial(run, tmp_path)).killed) > writes:
        state, kills = seen[writes], kills + 1
    assert kills >= 4
    check_same(state_of(tmp_path), whole)


def test_ctrl_c_at_any_event(tmp_path, whole):
    for count in range(1, 45, 3):
        run_on_disk(tmp_path, {}, partial(run, tmp_path, stop_after=count))
        check_same(resumed(tmp_path, state_of(tmp_path)), whole)


def test_a_kill_while_a_dataset_that_was_gone_is_made_anew(tmp_path, whole):
    gone = {name: content for name, content in whole.end.items() if name != DATASET}
    disk = run_on_disk(tmp_path, gone, partial(run, tmp_path))
    check_same(state_of(tmp_path), whole)
    assert any(newer_than_its_note(state) for state in disk.killed)
    for state in disk.killed:
        check_same(resumed(tmp_path, state), whole)
