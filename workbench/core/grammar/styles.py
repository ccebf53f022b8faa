"""Ways to say one want: plainly, with a reason, for somebody, corrected, or only as a need.

Each gives a draft, or None if it doesn't suit the want.
"""

from random import Random

from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.places import PlaceMention
from workbench.core.grammar.plan import Want
from workbench.core.grammar.voice import Draft, Voice, WishedCall, ended
from workbench.core.grammar.wish import Wish
from workbench.core.grammar.wordings import Texts


def plain(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Say the wish and nothing else."""
    wish = voice.wish(rng, want, alone=True)
    said = voice.sentence(rng, wish)
    return Draft(said, tuple(wish.calls()), bare=True) if said else None


def reasoned(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Return a reason with the wish."""
    wish = voice.wish(rng, want, alone=True)
    whys = voice.book.wording(want.act, "why")
    if is_ours(voice, wish):
        whys += voice.book.wording(want.act, "mine")
    if not whys:
        return None
    why = pick(rng, whys).expand(rng, wish)
    return _because(voice, rng, wish, why)


def is_ours(voice: Voice, wish: Wish) -> bool:
    """Whether the wish is for the speaker, who may then speak of "me"."""
    if wish.mention.kind in ("unstated", "me"):
        return True
    return wish.mention.kind == "group" and any(
        voice.at_driver(wish.want.prop, area) for area in wish.want.areas
    )


def _because(voice: Voice, rng: Random, wish: Wish, why: str) -> Draft | None:
    frame = pick(rng, voice.book.compose.because)
    said = voice.clause(rng, wish, "do") if "do" in frame.slots else voice.sentence(rng, wish)
    if not said:
        return None
    text = voice.put(rng, frame, why=why, do=said, S=ended(said))
    return Draft(text, tuple(wish.calls()))


def beside(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Say something beside the point, numbers included, before or after the wish."""
    wish = voice.wish(rng, want, alone=True)
    said, aside = voice.sentence(rng, wish), _remark(voice, rng, want)
    if not said or not aside:
        return None
    both = (aside, said) if rng.random() < 0.7 else (said, aside)
    return Draft(" ".join(map(ended, both)), tuple(wish.calls()))


def _remark(voice: Voice, rng: Random, want: Want) -> str | None:
    """Draw a remark that doesn't clash with the want."""
    clashes = {
        other
        for pair in voice.book.clashes
        for one, other in (pair, pair[::-1])
        if one in want.act.tags
    }
    for _ in range(6):
        remark = pick(rng, voice.book.asides)
        if not clashes & set(remark.tags):
            return voice.put(rng, pick(rng, remark.text))
    return None


def person(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Seat somebody, and want it for them."""
    seat = _seat(voice, rng, want, voice.book.person.where)
    if seat is None or voice.at_driver(want.prop, want.areas[0]):
        return None
    who = Weighted([(person, person.weight) for person in voice.book.people]).draw(rng)
    words = {"name": pick(rng, who.names), "where": seat, **voice.book.pronouns[who.pronoun]}
    mention = PlaceMention(want.areas, "person", at=voice.book.person_at, np=voice.book.person_np)
    wish = voice.wish(rng, want, mention)
    wish.spoken_by.update(words)
    reasons = voice.book.wording(want.act, "who")
    frames = [f for f in voice.book.compose.person_wish if reasons or "who" not in f.slots]
    frame = pick(rng, frames)
    said = voice.clause(rng, wish, "do") if "do" in frame.slots else voice.sentence(rng, wish)
    if not said:
        return None
    intro = pick(rng, voice.book.person.intro).expand(rng, wish)
    reason = pick(rng, reasons).expand(rng, wish) if reasons else ""
    text = voice.put(rng, frame, intro=intro, who=reason, do=said, S=ended(said), **words)
    return Draft(text, tuple(wish.calls()))


def speaker(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Seat the speaker elsewhere, so that "my" is that place."""
    seat = _seat(voice, rng, want, voice.book.speaker.where)
    me = voice.places.me(want.prop, want.areas[0])
    if seat is None or me is None:
        return None
    wish = voice.wish(rng, want, me, alone=True)
    said = voice.sentence(rng, wish)
    if not said:
        return None
    intro = pick(rng, voice.book.speaker.intro)
    text = voice.put(rng, intro, where=seat, S=ended(said))
    return Draft(text, tuple(wish.calls()))


def _seat(voice: Voice, rng: Random, want: Want, where: dict[str, Texts]) -> str | None:
    if len(want.areas) != 1 or want.other is not None or len(want.prop.areas) == 1:
        return None
    found = [
        text
        for spot, texts in where.items()
        if voice.places.spot_area(want.prop, spot) == want.areas[0]
        for text in texts
    ]
    if not found or not voice.places.seats(want.prop):
        return None
    return pick(rng, found).expand(rng, str)


def need(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Say only what is felt; the policy says what it comes to."""
    if want.access != "set" or want.other is not None:
        return None
    needs = voice.planner.needs(want)
    if not needs:
        return None
    felt = pick(rng, needs)
    words = pick(rng, felt.words)
    calls: list[WishedCall] = [(want.prop, "set", area, felt.value) for area in want.areas]
    if felt.area is not None or voice.planner.default_areas(want) == want.areas:
        text = voice.put(rng, pick(rng, voice.book.compose.needs), need=words)
        return Draft(text, tuple(calls), thanks=False)
    seat = _seat(voice, rng, want, voice.book.speaker.where)
    if seat is None or not felt.personal:
        return None
    frame = pick(rng, voice.book.compose.speaker_needs)
    return Draft(voice.put(rng, frame, need=words, where=seat), tuple(calls), thanks=False)


def fixed_value(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Correct the value in the same breath."""
    act = want.act
    if want.other is not None or act.steps or act.range not in ("level", "plus", "minus"):
        return None
    wish = voice.wish(rng, want, alone=True)
    texts = [t for t in voice.wishes.texts(wish, "do") if "v" in t.always]
    if not texts:
        return None
    said = pick(rng, texts).expand(rng, wish)
    before = wish.value
    again = wish("v")
    if wish.value == before:
        return None
    fix = voice.put(rng, pick(rng, voice.book.compose.fix_value), do=said, v=again)
    return Draft(fix, tuple(wish.calls()))


def fixed_place(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Correct the place in the same breath."""
    if want.other is not None or len(want.areas) != 1 or want.reads:
        return None
    others = [a for a in want.prop.areas if a != want.areas[0]]
    others = [a for a in others if voice.planner.can(want, a)]
    if not others:
        return None
    wrong = pick(rng, voice.places.singles(want.prop, pick(rng, others)))
    right = pick(rng, voice.places.singles(want.prop, want.areas[0]))
    wish = voice.wish(rng, want, wrong)
    slot = pick(rng, ("it", "at"))
    texts = [t for t in voice.wishes.texts(wish, "do") if slot in t.always]
    if not texts:
        return None
    said = pick(rng, texts).expand(rng, wish)
    wish.mention = right
    fix = voice.put(rng, pick(rng, voice.book.compose.fix_place), do=said, place=wish(slot))
    return Draft(fix, tuple(wish.calls()))


def instead(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Take back a wish and give another."""
    decoy = voice.planner.another(rng, [want])
    if decoy is None or decoy.access == "get" or want.access == "get":
        return None
    first, second = voice.wish(rng, decoy), voice.wish(rng, want)
    one, two = voice.clause(rng, first, "do"), voice.clause(rng, second, "do")
    if not one or not two:
        return None
    text = voice.put(rng, pick(rng, voice.book.compose.fix_wish), first=one, do=two)
    return Draft(text, tuple(second.calls()))


def alone(voice: Voice, rng: Random, want: Want) -> Draft | None:
    """Return what is to stay as it is, and what is not."""
    names = [name for name in voice.planner.left_alone if name not in want.names]
    if want.access == "get" or not names:
        return None
    wish = voice.wish(rng, want)
    said = voice.clause(rng, wish, "do")
    if not said:
        return None
    kept = pick(rng, voice.book.properties[pick(rng, names)].alone).expand(rng, str)
    text = voice.put(rng, pick(rng, voice.book.compose.alone), alone=kept, do=said)
    return Draft(text, tuple(wish.calls()))
