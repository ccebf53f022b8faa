"""Words for properties that the lexicon doesn't list, taken from similar ones or descriptions.

A description such as "Level of the seat heating" mentions a property of the lexicon, and people
will speak of both alike. Otherwise a property goes by the words of its name and description.
"""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from workbench.core.car.catalog import Catalog, Property
from workbench.core.reading.lexicon import Lexicon, PropertyWords
from workbench.core.reading.mentions import MentionFinder
from workbench.core.reading.query_text import read_text

_NUMBERS = ("Integer", "Long", "Float")
_SHORTEST = 3
_SHUT = ("closed", "shut")
_AS_MUCH = "as (bright|high|warm|hot|far|loud|strong|hard|fast) as possible"
_AS_LITTLE = "as (dim|dark|low|cool|cold|quiet|gentle|soft|slow) as possible"
_Pair = tuple[str, str]
_OPPOSITES = (
    (r"\block(?:ed|s)?\b", "@lock", "@unlock"),
    (r"\bopen(?:s|ed)?\b", "@open", "@close"),
    (r"\bfold(?:s|ed)?\b", "(fold~|tuck~)", "(unfold~|extend~)"),
)


def words_by_property(catalog: Catalog, lexicon: Lexicon) -> dict[str, PropertyWords]:
    """Return the words for each property of a catalogue, by its name.

    Descriptions are English: the lists of another language read only what they have.
    """
    found = {}
    unknown = []
    for prop in catalog.properties.values():
        known = lexicon.properties.get(prop.name, {}).get(prop.type)
        if known is None:
            unknown.append(prop)
        else:
            found[prop.name] = known
    if unknown and not lexicon.number_words:
        found |= _fallback(unknown, catalog, lexicon)
    return found


def _fallback(
    unknown: list[Property], catalog: Catalog, lexicon: Lexicon
) -> dict[str, PropertyWords]:
    known = {name: words for name, types in lexicon.properties.items() for words in types.values()}
    finder = MentionFinder(known, lexicon)
    generic = frozenset(lexicon.classes.get("generic", ()))
    spoken_pairs = {prop.name: _pairs(prop, generic) for prop in catalog.properties.values()}
    common = Counter(pair for pairs in spoken_pairs.values() for pair in pairs)
    found = {}
    for prop in unknown:
        kin = _kin(prop, finder)
        own = [pair for pair in spoken_pairs[prop.name] if common[pair] <= _ALIKE]
        found[prop.name] = _words(prop, own, known.get(kin) if kin else None, generic)
    return found


_ALIKE = 2
"""The most properties that a pair of words may belong to and still name them: brightness and
colour.
"""


def _kin(prop: Property, finder: MentionFinder) -> str | None:
    """Return the lexicon's property that label and description mention, if there is just one."""
    counted: Counter[str] = Counter()
    for text in (prop.label, _first_sentence(prop)):
        for mention in finder.find(read_text(text)):
            if len(mention.names) == 1:
                counted.update(mention.names)
    best = counted.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _words(
    prop: Property, pairs: list[_Pair], kin: PropertyWords | None, generic: frozenset[str]
) -> PropertyWords:
    own = tuple(f"{one} [of] [the|my] {_stem(two)}" for one, two in pairs)
    single = [w for w in _content_words(f"{prop.label} {prop.description}") if w not in generic]
    shared = tuple(_stem(word) for word in dict.fromkeys(single))
    values = _value_words(prop, kin)
    if kin is None:
        return PropertyWords(names=own, shared=shared, words=values)
    return PropertyWords(
        names=(*kin.names, *own),
        shared=(*kin.shared, *shared),
        asks=kin.asks,
        needs=kin.needs,
        words=values,
    )


def _pairs(prop: Property, generic: frozenset[str]) -> list[_Pair]:
    """Return pairs of neighbouring words in label and description that say what it is."""
    pairs: list[_Pair] = []
    label = _content_words(prop.label)
    if len(label) > 1:
        pairs += pairwise(label)
    for part in re.split(r"[.,;:()]", _first_sentence(prop)):
        pairs += pairwise(re.findall(r"[a-z]+", part.lower()))
    return [
        pair
        for pair in dict.fromkeys(pairs)
        if all(len(word) >= _SHORTEST for word in pair)
        and not (pair[0] in generic - _PLACES or pair[1] in generic or pair[0] == pair[1])
    ]


_PLACES = frozenset({"seat", "driver", "passenger", "front", "rear"})


def _first_sentence(prop: Property) -> str:
    return prop.description.split(". ")[0].rstrip(".")


def _content_words(text: str) -> list[str]:
    return [w for w in re.findall(r"[a-z]+", text.lower()) if len(w) >= _SHORTEST]


def _stem(word: str) -> str:
    """Cut off an ending: "heating" also finds "heat", "heater" and "heated"."""
    cut = re.sub(r"(?:ing|ers?|ed|s|e)$", "", word)
    return f"{cut}~" if len(cut) > _SHORTEST else word


def _value_words(prop: Property, kin: PropertyWords | None) -> Mapping[str, tuple[str, ...]]:
    area = next(iter(prop.areas.values()))
    if prop.value_names or area.values:
        named = {value: prop.value_names.get(value, str(value)) for value in area.values}
        return {f"={value}": _named(name) for value, name in named.items()}
    if prop.type == "Boolean":
        words = {"true": _opposites(prop)[0], "false": _opposites(prop)[1]}
        return _merged(words, kin, {"true": ("true", ">0", "!=0"), "false": ("false", "=0")})
    if prop.type not in _NUMBERS or area.minimum is None or area.maximum is None:
        return {}
    if not area.zero:
        return {"=max": ("@max", _AS_MUCH), "=min": ("@min", _AS_LITTLE)}
    if area.zero in _SHUT:
        words = {"=0": ("@close",), "!=0": ("@open",)}
        wide = "(all the way|completely|fully|wide) [open|down]"
        words["=max"] = (wide, f"open [~] [~] [~] {wide}")
    else:
        words = {"=0": ("@off",), "!=0": ("@on",), "=max": ("@max", _AS_MUCH), "=min": ("@min",)}
    return _merged(words, kin, {"=0": ("=0", "false"), "!=0": ("!=0", ">0", "true")})


def _merged(
    own: Mapping[str, tuple[str, ...]],
    kin: PropertyWords | None,
    alike: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, ...]]:
    """Add the words for the related property's values, where they mean the same here."""
    merged = dict(own)
    for spec, theirs in alike.items():
        for their in theirs:
            merged[spec] = (*merged.get(spec, ()), *(kin.words.get(their, ()) if kin else ()))
    return merged


def _opposites(prop: Property) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for pattern, yes, no in _OPPOSITES:
        if re.search(pattern, prop.description.lower()):
            return (yes,), (no,)
    return ("@on",), ("@off",)


_CLASSES = {"on": "@on", "off": "@off", "automatic": "@auto", "auto": "@auto", "open": "@open"}


def _named(name: str) -> tuple[str, ...]:
    words = " ".join(re.findall(r"[a-z0-9]+", name.lower()))
    return (_CLASSES.get(words, words),) if words else ()
