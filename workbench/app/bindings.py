"""What a key does on a screen: a binding that has a name, and says in the help what it is for."""

from textual.binding import Binding


def key(
    room: str,
    keys: str,
    action: str,
    words: str,
    tooltip: str,
    *,
    name: str = "",
    priority: bool = False,
) -> Binding:
    """Return a binding. By `room.name` the settings may give its action other keys.

    keys: separated by commas. words: what it is called in the help, and its name where that has no
    other. tooltip: what it does there. priority: it comes before what a field does with the key.
    """
    name = name or words.lower().replace(" ", "-")
    return Binding(
        keys, action, words, show=False, priority=priority, id=f"{room}.{name}", tooltip=tooltip
    )
