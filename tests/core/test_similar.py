"""Near samples, and groups of them, against what their definition says."""

import random

import pytest

from workbench.core.likeness.similar import LEAST_SCORE, SimilarQueries
from workbench.core.samples import Sample, ToolCall


def sample(query, value=None):
    return Sample(query, (ToolCall("set", {"value": value}),))


def queries(*samples):
    similar = SimilarQueries()
    for each in samples:
        similar.add(sample(each) if isinstance(each, str) else each)
    return similar


def order(similar):
    while similar.group_next():
        pass
    return similar.order().tolist()


def rouge(first, second):
    """ROUGE-L by the textbook's table."""
    row = [0] * (len(second) + 1)
    for a in first:
        before = 0
        for at, b in enumerate(second, 1):
            before, row[at] = row[at], before + 1 if a == b else max(row[at], row[at - 1])
    return 2 * row[-1] / (len(first) + len(second))


def test_near_agrees_with_the_definition():
    draw = random.Random(3)
    texts = [" ".join(draw.choices("abcdef", k=draw.randint(3, 9))) for _ in range(120)]
    similar = queries(*texts)
    for index in range(0, 120, 7):
        scores = [(n, rouge(texts[index].split(), text.split())) for n, text in enumerate(texts)]
        near = [(n, score) for n, score in scores if n != index and score >= LEAST_SCORE - 1e-9]
        near.sort(key=lambda pair: (-round(pair[1], 9), pair[0]))
        found = similar.near(index, 200)
        assert [n for n, _ in found] == [n for n, _ in near]
        assert [s for _, s in found] == pytest.approx([s for _, s in near])


def test_near_is_limited_to_the_nearest():
    similar = queries("a b c d e", "a b c d x", "a b c x y", "a b c d e", "z")
    assert [n for n, _ in similar.near(0, 2)] == [3, 1]
    assert similar.near(4, 9) == []


@pytest.mark.parametrize("index", [-1, 2, 99])
def test_nothing_is_near_what_is_no_sample(index):
    assert queries("a b", "a b", None).near(index, 5) == []


def test_values_are_masked_and_the_same_words_are_the_same():
    similar = queries(
        sample("Set it to 22 degrees", 22),
        sample("Set it to 24 degrees", 24),
        sample("Set it to 22 degrees", 24),
    )
    assert similar.near(0, 5) == [(1, 1.0), (2, 1.0)]


def test_like_stands_by_like():
    similar = queries(
        "open the left window now please",
        "is the car warm",
        "open the left window now",
        None,
        "is the car warm",
        "open the right window now please",
    )
    assert order(similar) == [0, 2, 5, 1, 4, 3]


def test_the_order_takes_in_what_is_added_later():
    similar = queries("open the left window", "what is the time")
    assert order(similar) == [0, 1]
    similar.add(sample("open the left window"))
    assert order(similar) == [0, 2, 1]


def test_unlike_samples_stay_in_their_order():
    draw = random.Random(1)
    texts = ["".join(draw.choices("abcdefgh", k=8)) for _ in range(50)]
    assert order(queries(*texts)) == list(range(50))
