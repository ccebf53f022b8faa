"""The offline grammar: natural requests and their calls from catalogue, policy and phrases."""

from workbench.core.grammar.generator import Grammar, GrammarError
from workbench.core.grammar.phrasebook import Phrasebook

__all__ = ["Grammar", "GrammarError", "Phrasebook"]
