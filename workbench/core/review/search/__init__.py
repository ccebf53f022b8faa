"""The search language of a review: words of the query, and terms such as `verdict:fail`."""

from workbench.core.review.search.matching import Search, searchable
from workbench.core.review.search.parsing import SearchError, parse_search
from workbench.core.review.search.phrasing import describe
from workbench.core.review.search.terms import KEYS, Key, Term, Value

__all__ = [
    "KEYS",
    "Key",
    "Search",
    "SearchError",
    "Term",
    "Value",
    "describe",
    "parse_search",
    "searchable",
]
