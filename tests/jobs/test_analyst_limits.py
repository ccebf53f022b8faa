"""The helper process and items that take too long: each gets its time, and no more."""

import json

import pytest
from monsters import call, item

from workbench.adapters.dataset import read_item
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.jobs.analyst import worker
from workbench.jobs.analyst.wire import AskVerdict, Begun, FacetsFound, Told
from workbench.jobs.analyst.worker import Worker
from workbench.jobs.helpers.pipes import OutOfTimeError, time_limit
from workbench.jobs.verifying.verify import verify_item

SLOW = json.dumps(item("Warmer", call(value=list(range(300_000))))).encode()
PLAIN = json.dumps(item("Set my side to 22 degrees")).encode()


@pytest.fixture(scope="module")
def verifier():
    return load_verifier(CatalogFiles())


def results(work):
    while work.busy:
        report = work.step()
        if isinstance(report, FacetsFound):
            yield from ((row[0], row[2]) for row in report.rows)


def test_an_item_that_takes_too_long_fails_unchecked_and_the_others_go_on(verifier, monkeypatch):
    verify_item(read_item(0, PLAIN), verifier)  # what a first one makes ready takes long
    monkeypatch.setattr(worker, "ITEM_SECONDS", 0.1)
    work = Worker([PLAIN, SLOW, PLAIN], verifier)
    work.ask(AskVerdict(7, 1))
    assert work.step() == Begun(1)
    told = work.step()
    assert isinstance(told, Told)
    assert [code for code, *_ in told.findings] == ["format.unchecked"]
    statuses = dict(results(work))
    assert statuses[1] == 3  # fail
    assert statuses[0] == statuses[2] != 3


def test_what_has_ended_a_process_is_not_looked_at(verifier):
    work = Worker([SLOW, PLAIN], verifier, passed_over=[0])
    assert dict(results(work))[0] == 3
    work.ask(AskVerdict(1, 0))
    assert "crashed the process" in work.step().findings[0][1]


def test_of_many_findings_the_worst_are_told_and_the_rest_counted(verifier):
    odd = json.dumps(item("Warmer", *(call(value=i) for i in range(3000)))).encode()
    work = Worker([odd], verifier)
    work.ask(AskVerdict(1, -1, odd))
    reports = [work.step(), work.step()]
    assert len(reports[-1].findings) == 200
    assert reports[-1].left_out > 0
    assert max(len(message) for _, message, _ in reports[-1].findings) < 500


def test_a_time_limit_ends_what_catches_every_exception():
    def stubborn():
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    with pytest.raises(OutOfTimeError), time_limit(0.05):
        stubborn()
