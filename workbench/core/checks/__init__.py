"""The checks: stages that turn a sample into findings, and the verifier that runs them."""

from workbench.core.checks.verifier import (
    DEFAULT_STAGES,
    PLAIN_STAGES,
    STAGES,
    Verifier,
    Words,
)

__all__ = ["DEFAULT_STAGES", "PLAIN_STAGES", "STAGES", "Verifier", "Words"]
