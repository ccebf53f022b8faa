"""What the server has seen: the ledger that tests hold a client's own against."""

import threading
from collections import Counter
from typing import Any


class Counts:
    """Counts of everything. Status: the HTTP status, or how the connection ended without one.

    answered: fingerprints of requests whose answer was sent in full, with text (whether the
    client lived to read it, a server cannot know). keys: values of the key header. leaks: places
    in which a key stood that is not the header.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.paths: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.tokens: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.leaks: list[str] = []
        self.connections = 0
        self.in_flight = 0
        self.most_in_flight = 0

    @property
    def repeated(self) -> dict[str, int]:
        """The requests that were sent again after they had been answered, with their times."""
        with self.lock:
            return {name: times for name, times in self.answered.items() if times > 1}

    def enter(self) -> int:
        """Count a request for content in, and give how many there are now."""
        with self.lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            return self.in_flight

    def leave(self) -> None:
        with self.lock:
            self.in_flight -= 1

    def request(self, path: str, status: str) -> None:
        with self.lock:
            self.paths[path] += 1
            self.statuses[status] += 1

    def gone(self, status: str) -> None:
        """Correct the status of a request whose client went away while it was answered."""
        with self.lock:
            self.statuses[status] -= 1
            self.statuses["gone"] += 1

    def answer(self, fingerprint: str, usage: dict[str, int]) -> None:
        with self.lock:
            self.answered[fingerprint] += 1
            self.tokens.update({k: n for k, n in usage.items() if isinstance(n, int)})

    def withdraw(self, fingerprint: str, usage: dict[str, int]) -> None:
        """Take back an answer that could not be sent."""
        with self.lock:
            self.answered[fingerprint] -= 1
            self.tokens.subtract({k: n for k, n in usage.items() if isinstance(n, int)})

    def to_json(self) -> dict[str, Any]:
        """Everything, but for the keys themselves."""
        with self.lock:
            return {
                "requests": sum(self.statuses.values()),
                "paths": dict(self.paths),
                "statuses": dict(self.statuses),
                "faults": dict(self.faults),
                "tokens": dict(self.tokens),
                "answered": dict(self.answered),
                "repeated": self.repeated,
                "keys": len(self.keys),
                "leaks": self.leaks,
                "connections": self.connections,
                "most_in_flight": self.most_in_flight,
            }
