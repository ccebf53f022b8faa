"""Work shared among helper processes, wherever it is started from."""

import subprocess
import sys

IN_AN_APP = """
import sys

class Shown:
    def write(self, text): return len(text)
    def flush(self): pass
    def fileno(self): return -1

sys.stderr = Shown()
from workbench.jobs.helpers.shards import in_processes
print(list(in_processes(sorted, [3, 1, 2], 1, int, ())))
assert isinstance(sys.stderr, Shown)
"""


def test_helpers_start_where_stderr_is_a_screen_s():
    """As in the app, whose first helpers a generation may start."""
    done = subprocess.run(
        [sys.executable, "-c", IN_AN_APP], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("[1, 2, 3]\n", 0)
