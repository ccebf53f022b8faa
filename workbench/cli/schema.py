"""`workbench schema`: the JSON Schema of a dataset's items."""

import sys

from workbench.adapters.files.resources import resource


def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of one item of a dataset file.

    It says what a sample is made of: query, calls, and the steps of a conversation. Whether the
    calls make sense is what `workbench verify` says.
    """
    sys.stdout.buffer.write((resource("data") / "sample.schema.json").read_bytes())
    sys.stdout.buffer.flush()
