"""The search language of a review: words, and terms such as `verdict:fail`."""

from workbench.core.review.search.matching import Search, searchable
from workbench.core.review.search.parsing import SearchError, doubt, parse_search
from workbench.core.review.search.phrasing import describe
from workbench.core.review.search.suggesting import Suggestion, suggestions
from workbench.core.review.search.terms import KEYS, Key, Term, TermValue
from workbench.core.review.search.vocabulary import NO_WORDS, Vocabulary

__all__ = [
    "KEYS",
    "NO_WORDS",
    "Key",
    "Search",
    "SearchError",
    "Suggestion",
    "Term",
    "TermValue",
    "Vocabulary",
    "describe",
    "doubt",
    "parse_search",
    "searchable",
    "suggestions",
]
