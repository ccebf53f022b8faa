"""Generation by batch jobs: half the price, an answer within a day, and nothing paid for is lost.

What must not be forgotten is on disk before it is done: the requests and our name for the job
before it is handed in, the job's own name once it is known, each answer before it is used.
"""

from workbench.jobs.generating.batches.desk import Times
from workbench.jobs.generating.batches.generate import Means, generate_in_batches
from workbench.jobs.generating.batches.rounds import Rounds

__all__ = ["Means", "Rounds", "Times", "generate_in_batches"]
