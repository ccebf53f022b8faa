"""What a sample does to the car: before and after."""

from workbench.app.glyphs import plainly
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled, wrapped
from workbench.core.car.brief_calls import place_initials
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.levels import digits
from workbench.core.car.vehicle import Effect, effects
from workbench.core.car.words import already_words, state_words
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, is_large, shown

_INDENT = "   "


def effect_lines(sample: Sample, catalog: Catalog, look: DetailLook) -> list[DetailLine]:
    """Describe what a sample changes in a car that is in its initial state."""
    styles = look.styles
    text = styled("Effect in the car\n", styles["heading"])
    if is_large(sample):
        text.append(f"{_INDENT}not worked out: the sample is too large", styles["muted"])
        return wrapped(text, look)
    found = effects(sample, catalog)
    for effect in found[:MOST_CALLS]:
        prop = catalog.properties[effect.property]
        area = prop.areas[effect.area]
        before, after = (shown(state_words(v, prop, area)) for v in (effect.before, effect.after))
        place = plainly(shown(place_initials(area, prop)), look.plain)
        text.append(f"{_INDENT}{shown(prop.label)}{' ' if place else ''}{place}: ")
        if before == after:
            same = shown(already_words(effect.after, prop, area))
            if sample.then:
                same = f"{after}, as at the start"
            text.append(f"{same}\n", styles["muted"])
        else:
            text.append(f"{before} {'->' if look.plain else '→'} ", styles["muted"])
            text.append(after, "bold")
            text.append(f"{_difference(effect, prop, look.plain)}\n", styles["muted"])
    if len(found) > MOST_CALLS:
        text.append(f"{_INDENT}… and {len(found) - MOST_CALLS:,} more\n", styles["muted"])
    changes = any(one.before != one.after for one in found)
    rest = "everything else unchanged" if changes else "no change"
    text.append(f"{_INDENT}{rest}", styles["muted"])
    return wrapped(text, look)


def _difference(effect: Effect, prop: Property, plain: bool) -> str:
    """Return by how much a number rises or falls: ` ▲2`; "" for values that have names."""
    before, after = effect.before, effect.after
    for value in (before, after):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return ""
        if value in prop.value_names:
            return ""
    up, down = ("+", "-") if plain else ("▲", "▼")
    by = round(abs(after - before), 6)
    return f" {up if after > before else down}{digits(by)}"
