"""Numbers in digits and in words."""

from workbench.core.car.entries import Number
from workbench.core.car.levels import digits
from workbench.core.grammar.phrasebook import Numbers


def number_words(value: Number, numbers: Numbers) -> str:
    """Spell a number from −999 to 999 in words; halves too. Other fractions stay in digits."""
    if value < 0:
        return f"{numbers.minus} {number_words(-value, numbers)}"
    whole = int(value)
    if value != whole:
        half = value - whole == 0.5 and whole > 0
        return f"{number_words(whole, numbers)} {numbers.half}" if half else digits(value)
    if whole < len(numbers.small):
        return numbers.small[whole]
    if whole < 100 and numbers.tens:
        tens, one = divmod(whole, 10)
        return numbers.tens[tens] + (f"-{numbers.small[one]}" if one else "")
    return numbers.hundred if whole == 100 else digits(value)
