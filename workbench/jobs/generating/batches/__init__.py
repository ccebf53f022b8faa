"""Generation by batch jobs: half the price, an answer within a day, and nothing paid for is lost.

Everything is on disk before it matters: the requests and our name for the job before it is
submitted, the job's own name once it is known, each answer before it is used.
"""

from workbench.jobs.generating.batches.generate import generate_in_batches
from workbench.jobs.generating.batches.jobs import PollingTimes
from workbench.jobs.generating.batches.planning import Means, Rounds

__all__ = ["Means", "PollingTimes", "Rounds", "generate_in_batches"]
