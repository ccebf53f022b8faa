"""Requests that aren't English, or too strange to be read: told before any rule looks at them.

Words of other languages look like English ones ("Temperatur", "die", "on"), and what is read from
them is read by chance.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from workbench.core.reading.query_text import QueryText

_LIKELY = "likely"
_BORROWED = "borrowed"
_TOGETHER = 2
"""Different likely words that show another language."""
_EVERY = 4
"""The most words of a text to one likely word."""
_FEWEST = 4
"""Words of a text that is judged by how many of them are known."""
_LETTER = r"[^\W\d_]"
_LATIN = (
    "A-Za-z\u00aa\u00b2\u00b3\u00b5\u00b9-\u02af\u0300-\u036f\u1d00-\u1eff\u2000-\u2bff"
    "\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06\uff10-\uff5a\U0001d400-\U0001d7ff"
)
"""Letters of English in whatever dress, and signs such as ½."""
_ALIKE = "\u0370-\u058f\u13a0-\u13f5\u1c80-\u1c8f\u1f00-\u1fff\ua4d0-\ua4f7\ua640-\ua69f"
"""Scripts whose letters may stand for Latin ones within a word."""
_OTHER_SCRIPT = re.compile(
    rf"(?:(?![{_LATIN}{_ALIKE}]){_LETTER}|(?<![A-Za-z])[{_ALIKE}]{{2}}(?![A-Za-z]))"
)
_UPSIDE_DOWN = re.compile(r"[¿¡]")


class Languages:
    """Tells what isn't read as English. Make one for a lexicon and use it for many texts.

    words: the lexicon's `languages`. known: words that the lexicon has. knows: whether it has one
    with whatever ending.
    """

    def __init__(
        self,
        words: Mapping[str, Sequence[str]],
        known: Iterable[str],
        knows: Callable[[str], bool],
    ) -> None:
        own = [name for name in words if name not in (_LIKELY, _BORROWED)]
        self._own = {name: frozenset(words[name]) for name in own}
        self._sure = frozenset(word for name in own for word in words[name])
        self._likely = frozenset(words.get(_LIKELY, ()))
        self._borrowed = frozenset(words.get(_BORROWED, ()))
        self._known = frozenset(known)
        self._knows = knows

    def language_of(self, text: QueryText, names: Iterable[str]) -> str:
        """Return which of the named languages most words of a text are of, "" if of none or two."""
        counted = sorted(((len(self._own[name] & text.held), name) for name in names), reverse=True)
        (most, name), *others = [*counted, (0, "")]
        return name if most > max(count for count, _ in others) else ""

    def strange_words(self, text: QueryText) -> str:
        """Return the words of a text by which it isn't English, "" if it is read as such."""
        if not self._own:
            return ""  # the lists of another language: who asks knows that it is this one
        words = text.words
        plain = text.query.isascii()
        if not plain and _UPSIDE_DOWN.search(text.query):
            return text.quote(0, len(words))
        found: set[int] = set()
        sure = not self._sure.isdisjoint(text.held)
        if not plain:
            found = {i for i, word in enumerate(words) if _OTHER_SCRIPT.search(word)}
            sure = sure or bool(found)
        if sure or not plain or len(self._likely & text.held) >= _TOGETHER:
            listed = self._sure | self._likely
            found |= {i for i, word in enumerate(words) if word in listed or self._accented(word)}
        several = len({words[i] for i in found}) >= _TOGETHER
        if sure or (several and len(found) * _EVERY >= len(words)):
            return self._quoted(text, found)
        unknown = text.held - self._known
        if len(unknown) * 2 > len(text.held) and len(text.held) >= _FEWEST:
            said = [i for i, word in enumerate(words) if word[:1].isalpha()]
            odd = {i for i in said if not self._knows(words[i])}
            if len(said) >= _FEWEST and len(odd) * 2 > len(said):
                return self._quoted(text, odd)
        return ""

    def _accented(self, word: str) -> bool:
        return not word.isascii() and word.isalpha() and word not in self._borrowed

    def _quoted(self, text: QueryText, found: set[int]) -> str:
        """Return the words from the first to the last of the longest row that may be of them.

        Rows go on over unknown words.
        """
        words, rows = text.words, [[min(found)]]
        for i in sorted(found)[1:]:
            if self._known.isdisjoint(words[rows[-1][-1] + 1 : i]):
                rows[-1].append(i)
            else:
                rows.append([i])
        longest = max(rows, key=lambda row: row[-1] - row[0])
        return text.quote(longest[0], longest[-1] + 1)
