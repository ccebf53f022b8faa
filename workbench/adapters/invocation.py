"""How this program is called from the shell that it was called from."""

import os
import shlex
import shutil
import sys

_NAME = "workbench"


def invocation() -> str:
    """Return what to type for `workbench`, quoted for a shell.

    That word alone, unless another program or none answers to it: then the path that this one was
    called by, such as `.venv/bin/workbench`.
    """
    called = sys.argv[0] if sys.argv else ""
    if os.path.basename(called) != _NAME or os.sep not in called:
        return _NAME
    found = shutil.which(_NAME)
    try:
        same = found is not None and os.path.samefile(found, called)
    except OSError:
        same = True  # it cannot be called by its path either
    return _NAME if same else shlex.quote(called)
