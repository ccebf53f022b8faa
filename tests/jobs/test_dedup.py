"""What the job reports of each sample."""

import pytest

from workbench.core.car.catalog import Catalog, build_catalog
from workbench.core.car.overlay import Overlay
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.dedup import deduplicate


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return build_catalog([], [], Overlay())


def sample(query: str, area: int = 1, value: object = 22) -> Sample:
    arguments = {"propertyName": "TEMPERATURE", "areaId": area, "value": value}
    return Sample(query, (ToolCall("setFloatProperty", arguments),))


def test_kept_places_and_drops_cover_the_list_in_order(catalog: Catalog) -> None:
    samples = [
        sample("open the sunroof"),
        sample("set my seat to 22 degrees please"),
        sample("set my seat to 24 degrees please", value=24),
        sample("play some music"),
        sample("open the sunroof", area=4),
    ]

    result = deduplicate(samples, catalog)

    assert result.kept == [0, 1, 3]
    assert [drop.index for drop in result.drops] == [2, 4]


def test_a_drop_names_its_twin_by_its_place_in_the_list(catalog: Catalog) -> None:
    samples = [
        sample("open the sunroof"),
        sample("open the sunroof"),
        sample("set my seat to 22 degrees please"),
        sample("set my seat to 24 degrees now please", value=24),
    ]

    rows = [drop.row() for drop in deduplicate(samples, catalog).drops]

    assert rows == [
        {
            "index": 1,
            "id": samples[1].id,
            "query": "open the sunroof",
            "twin": {"index": 0, "id": samples[0].id, "query": "open the sunroof"},
            "score": 1.0,
            "calls": "same",
        },
        {
            "index": 3,
            "id": samples[3].id,
            "query": "set my seat to 24 degrees now please",
            "twin": {"index": 2, "id": samples[2].id, "query": "set my seat to 22 degrees please"},
            "score": 0.9333,
            "calls": "same",
        },
    ]


def test_a_drop_tells_of_other_calls(catalog: Catalog) -> None:
    samples = [sample("close the window"), sample("close the window", area=4)]

    (drop,) = deduplicate(samples, catalog).drops

    assert drop.calls == "different"


def test_options_reach_the_filter(catalog: Catalog) -> None:
    samples = [sample("please warm the left seat"), sample("please warm the right seat", area=4)]

    assert deduplicate(samples, catalog, threshold="0.7").kept == [0, 1]
    assert deduplicate(samples, catalog, threshold="0.7", contrast=0).kept == [0]
    assert deduplicate(samples, catalog, threshold="0.8", contrast=0).kept == [0, 1]


def test_progress_ends_with_all(catalog: Catalog) -> None:
    seen: list[int] = []

    deduplicate([sample(f"word{n}") for n in range(600)], catalog, on_progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == 600
    assert len(seen) > 1


def test_no_samples_give_no_result(catalog: Catalog) -> None:
    result = deduplicate([], catalog)

    assert (result.kept, result.drops) == ([], [])
