"""Times of other people's files: read as instants, whatever way they are spelt."""

import msgspec
import pytest
from label_samples import sample

from workbench.core.judge.report import pair
from workbench.core.judge.votes import Judgement
from workbench.core.review.choices import carried
from workbench.core.review.labels import Label, read_kept_label, read_label
from workbench.core.timestamps import is_before, utc

SPELT = {
    "2026-11-05T14:03:00+00:00": "2026-11-05T14:03:00+00:00",
    "2026-11-05T14:03:00Z": "2026-11-05T14:03:00+00:00",
    "2026-11-05t14:03:00.999z": "2026-11-05T14:03:00+00:00",
    "2026-11-05 14:03": "2026-11-05T14:03:00+00:00",
    "2026-11-06T04:03:00+14:00": "2026-11-05T14:03:00+00:00",
    "2026-11-05T19:33:00+0530": "2026-11-05T14:03:00+00:00",
    "": "",
}
NO_TIMES = [
    "yesterday", " ", "2026-11-05", "10000-01-01T00:00:00+00:00", "-0001-01-01T00:00:00Z",
    "2026-11-05T23:59:60Z", "2026-11-05T14:03:00Z\x1b[31m", "2026-13-01T00:00:00Z",
    "2026-11-05x14:03:00", "٢٠٢٦-11-05T14:03:00Z", "0001-01-01T00:00:00+14:00", "2026-W45-4T14:03",
]  # fmt: skip


@pytest.mark.parametrize(("spelt", "written"), SPELT.items())
def test_a_time_is_written_in_utc_to_the_second(spelt, written):
    assert utc(spelt) == written
    raw = msgspec.json.encode({"id": "a", "query": "q", "decision": "accepted", "time": spelt})
    assert read_label(raw).time == written


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused_at_the_border_and_unknown_where_it_is_kept(text):
    raw = msgspec.json.encode({"id": "a", "query": "q", "decision": "accepted", "time": text})
    with pytest.raises(ValueError, match="is not a time such as"):
        read_label(raw)
    assert read_kept_label(raw).time == ""


@pytest.mark.parametrize(
    ("decided", "blind"),
    [
        ("2026-11-05T06:59:59Z", True),
        ("2026-11-05T12:00:00+05:30", True),
        ("2026-11-05T06:30:00-01:00", False),
        ("2026-11-05T07:00:00Z", False),
        ("", False),
    ],
)
def test_a_decision_is_blind_if_its_instant_is_before_the_judges(decided, blind):
    label = Label(id="a", query="q", decision="accepted", time=decided)
    found = pair(
        Judgement(id="a", model="m", prompt="p", votes=()),
        label,
        "2026-11-05T07:00:00+00:00",
        False,
    )
    assert found.blind is blind


def test_the_latest_instant_is_carried_over_not_the_last_in_the_alphabet():
    query = sample(1).query
    labels = [
        Label(id="a", query=query, decision="rejected", time="2026-11-05T12:00:00-05:00"),
        Label(id="b", query=query, decision="accepted", time="2026-11-05T13:00:00+05:30"),
    ]
    [found] = carried(labels, [sample(1)])
    assert found.decision == "rejected"
    assert is_before(labels[1].time, labels[0].time)
