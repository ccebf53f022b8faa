"""How large the rounds are: requests of one job cannot see what its others are answered.

So a seed round is asked directly, and each job asks for a multiple of what there is to show by
then. What a job's answers have in common goes as near-duplicates, and the next round makes it up.
"""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Rounds:
    """Sizes.

    seed: samples that are asked for directly before the first job. growth: a job asks for at most
    so many times the samples that there are. most: requests of one job at most: some 2.5 million
    tokens, which a service's first paid tier takes. direct: as few requests as this, at the end,
    are asked directly: they would not be worth a day's wait.
    """

    seed: int = 60
    growth: int = 8
    most: int = 200
    direct: int = 2

    def size(self, samples: int, wanted: int, per_request: int) -> int:
        """Return how many requests the next job has; 0 where requests are to be asked directly.

        samples: there are. per_request: samples that one request asks for.
        """
        needed = ceil(max(0, wanted - samples) / per_request)
        if samples < min(self.seed, wanted) or needed <= self.direct:
            return 0
        return min(needed, self.most, max(self.direct, samples * self.growth // per_request))
