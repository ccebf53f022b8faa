"""Split a dataset into train, dev and eval, by rank of a seeded hash.

A sample's rank depends only on the seed and its id, so the eval set stays nearly the same as the
data grows. Twins (near-duplicates, contrast pairs included) are kept on one side, because an eval
sample whose twin was trained on measures memory.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True)
class Split:
    """Indices into the samples, each list ordered by rank.

    leaks: eval or dev samples with a twin on another side, where that couldn't be avoided.
    """

    train: tuple[int, ...]
    dev: tuple[int, ...]
    eval: tuple[int, ...]
    leaks: tuple[int, ...] = ()


def rank(seed: int, sample_id: str) -> bytes:
    """Return a sample's rank in the draw: lower is drawn earlier."""
    return blake2b(f"{seed}:{sample_id}".encode(), digest_size=16).digest()


def split_samples(
    ids: Sequence[str],
    components: Sequence[Sequence[int]],
    *,
    num_eval: int,
    num_dev: int = 0,
    seed: int = 0,
    pinned: Collection[str] | None = None,
    barred: Collection[int] = (),
) -> Split:
    """Draw eval, then dev, exactly as many as requested; the rest is train.

    ids: the samples' ids. components: groups of indices to keep on one side, each sample in one
    group; singletons for a plain random split. Smallest groups first, by rank among equals. pinned:
    ids of a fixed eval set, instead of a draw. barred: indices never in eval, nor, while others are
    left, anything in their groups.
    """
    ranks = [rank(seed, sample_id) for sample_id in ids]
    order = sorted(components, key=lambda group: (len(group), min(ranks[i] for i in group)))
    groups = [sorted(group, key=ranks.__getitem__) for group in order]
    if pinned is None:
        drawn, groups = _draw_allowed(groups, num_eval, frozenset(barred))
    else:
        wanted = frozenset(pinned)
        kept_out = frozenset(barred)
        drawn = [i for i, name in enumerate(ids) if name in wanted and i not in kept_out]
        chosen = set(drawn)
        # Groups that the pinned set has touched come last, so that dev is drawn from clean ones.
        groups.sort(key=lambda group: not chosen.isdisjoint(group))
        groups = [[i for i in group if i not in chosen] for group in groups]
        groups = [group for group in groups if group]
    dev, groups = _draw(groups, num_dev)
    train = [i for group in groups for i in group]
    sides = {
        side: sorted(part, key=ranks.__getitem__)
        for side, part in {"train": train, "dev": dev, "eval": drawn}.items()
    }
    leaks = _leaks(components, sides)
    return Split(tuple(sides["train"]), tuple(sides["dev"]), tuple(sides["eval"]), leaks)


def _draw_allowed(
    groups: list[list[int]], count: int, barred: frozenset[int]
) -> tuple[list[int], list[list[int]]]:
    """Draw as `_draw` does, but nothing barred; groups with barred samples come last."""
    clean = [group for group in groups if barred.isdisjoint(group)]
    mixed = [group for group in groups if not barred.isdisjoint(group)]
    drawn, rest = _draw(clean, count)
    if len(drawn) < count:
        allowed = [[i for i in group if i not in barred] for group in mixed]
        more, _ = _draw([group for group in allowed if group], count - len(drawn))
        drawn += more
        taken = set(more)
        mixed = [[i for i in group if i not in taken] for group in mixed]
    return drawn, rest + mixed


def _draw(groups: list[list[int]], count: int) -> tuple[list[int], list[list[int]]]:
    """Take whole groups in order until `count` samples are drawn, breaking one only if need be."""
    taken: list[list[int]] = []
    missing = count
    rest = list(groups)
    while rest and len(rest[0]) <= missing:
        taken.append(rest.pop(0))
        missing -= len(taken[-1])
    if missing and rest:
        _complete(taken, rest, missing)
    return [i for group in taken for i in group], rest


def _complete(taken: list[list[int]], rest: list[list[int]], missing: int) -> None:
    """Add exactly `missing` samples: by swapping groups if that fits, else by breaking one."""
    for position in range(len(taken) - 1, -1, -1):
        wanted = len(taken[position]) + missing
        fitting = next((g for g in rest if len(g) == wanted), None)
        if fitting is not None:
            rest[rest.index(fitting)] = taken[position]
            taken[position] = fitting
            return
    taken.append(rest[0][:missing])
    rest[0] = rest[0][missing:]


def _leaks(components: Sequence[Sequence[int]], sides: dict[str, list[int]]) -> tuple[int, ...]:
    side_of = {i: side for side, part in sides.items() for i in part}
    leaks: list[int] = []
    for group in components:
        met = {side_of[i] for i in group}
        if len(met) > 1:
            leaks.extend(i for i in group if side_of[i] != "train")
    return tuple(sorted(leaks))


def few_to_train_on(counts: Mapping[str, int]) -> bool:
    """Whether eval and dev have more records than are left to train on. counts: by split."""
    return sum(counts.values()) > 2 * counts.get("train", 0)
