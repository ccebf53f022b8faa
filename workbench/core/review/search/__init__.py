"""The search language of a review: words of the query, and terms such as `verdict:fail`."""

from workbench.core.review.search.matching import Search, searchable
from workbench.core.review.search.parsing import SearchError, parse_search
from workbench.core.review.search.phrasing import describe
from workbench.core.review.search.terms import KEYS, Key, Term, TermValue

__all__ = [
    "KEYS",
    "Key",
    "Search",
    "SearchError",
    "Term",
    "TermValue",
    "describe",
    "parse_search",
    "searchable",
]
