"""Choices by keyboard: which of a few options is meant by the letters typed."""

from collections.abc import Sequence


def best_match(typed: str, options: Sequence[str], keys: Sequence[str] = ()) -> int | None:
    """Return the index of the option meant, None if none matches.

    In this order: the whole option, its key, its initials if two or more are typed (`fr` is the
    front right seat, not the front left one), its beginning, its first initial, the beginning of
    one of its words or of its key, any part of it.

    keys: short names of the options, in their order.
    """
    typed = typed.lower()
    words = [option.lower() for option in options]
    letters = ["".join(word[0] for word in option.split()) for option in words]
    by_initials = [initials.startswith(typed) for initials in letters]
    tests = (
        [option == typed for option in words],
        [key.lower() == typed for key in keys],
        by_initials if len(typed) > 1 else [],
        [option.startswith(typed) for option in words],
        by_initials,
        [any(word.startswith(typed) for word in option.split()) for option in words],
        [key.lower().startswith(typed) for key in keys],
        [typed in option for option in words],
    )
    return next((test.index(True) for test in tests if True in test), None)
