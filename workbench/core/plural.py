"""Numbers of things in words."""


def number_of(number: int, what: str) -> str:
    """Write "1 sample" or "1,234 samples". what: the word for one, to which an s is added."""
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"
