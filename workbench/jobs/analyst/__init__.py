"""Whole-file work on an open dataset, in one helper process: verdicts, facets, orders, similarity.

`python -m workbench.jobs.analyst` is that process; `Analyst` starts it and talks to it.
"""

from workbench.jobs.analyst.client import Analyst, Failure
from workbench.jobs.analyst.wire import OrderBy

__all__ = ["Analyst", "Failure", "OrderBy"]
