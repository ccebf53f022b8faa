"""The verifier: a catalogue, the words to read queries by, and the stages that make a verdict."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.car.policy import Policy
from workbench.core.checks.consistency import check_consistency
from workbench.core.checks.conversation import check_conversation
from workbench.core.checks.execution import check_execution
from workbench.core.checks.format import check_format
from workbench.core.checks.grounding import check_grounding
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.checks.policy import PolicyRules, check_policy
from workbench.core.codes import CODES
from workbench.core.likeness.contrast import enumerated_properties
from workbench.core.reading.lexicon import Lexicon
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Stage, Verdict

PLAIN_STAGES: tuple[Stage, ...] = ("format", "execution")
"""Stages that need no words: are the calls legal, whether asked for or not?"""

WORDY_STAGES: tuple[Stage, ...] = ("conversation", "grounding", "policy")
"""Stages that read the query, and so need `Words`; the first of them reads conversations only."""

STAGES: tuple[Stage, ...] = (*PLAIN_STAGES, *WORDY_STAGES)
"""All stages, in the order they are run."""

DEFAULT_STAGES: tuple[Stage, ...] = ("format", "execution", "conversation", "grounding")
"""The stages that "pass", "warn" and "fail" refer to unless others are named."""

_FAILING = frozenset(
    code.partition(".")[0] for code, meaning in CODES.items() if meaning.severity == "error"
)
"""Stages that can report errors; the others only warn or inform."""


@dataclass(frozen=True, slots=True)
class Words:
    """What queries are read by.

    policy: what words that leave things open mean. lexicon: the words themselves.
    """

    policy: Policy
    lexicon: Lexicon


class Verifier:
    """One meaning of "pass" for one vehicle, shared by whatever shows, counts or exports.

    catalog: the vehicle. stages: those that are run, in order. basis: a hash of everything its
    verdicts depend on, "" if unknown; see `adapters.vehicle.verifiers.verdict_basis`.
    """

    def __init__(
        self,
        catalog: Catalog,
        words: Words | Callable[[], Words] | None = None,
        stages: Sequence[Stage] = DEFAULT_STAGES,
        basis: str = "",
    ) -> None:
        """words: the words, or a function that loads them when first needed; None if no stage
        reads.

        Raises `ValueError` if a stage needs words and there are none: finding nothing would look
        like nothing wrong.
        """
        self.catalog = catalog
        self.stages = tuple(stage for stage in STAGES if stage in stages)
        self.basis = basis
        self._words = words
        if words is None and self.reads_words:
            raise ValueError(f"the stages {', '.join(self.stages)} need policy and lexicon")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle without the rules, which are faster to build than to read."""
        words = self.words if self.reads_words else None
        return type(self), (self.catalog, words, self.stages, self.basis)

    @property
    def reads_words(self) -> bool:
        """Whether a stage reads the query, which takes 20 times as long as the others."""
        return not set(WORDY_STAGES).isdisjoint(self.stages)

    @cached_property
    def words(self) -> Words:
        """The words to read queries by. Raises `ValueError` if there are none."""
        if self._words is None:
            raise ValueError("this verifier has no policy and lexicon")
        return self._words() if callable(self._words) else self._words

    @cached_property
    def rules(self) -> GroundingRules:
        """The grounding stage's rules, made once."""
        return GroundingRules(self.catalog, self.words.lexicon, self.words.policy)

    @cached_property
    def _policy_rules(self) -> PolicyRules:
        return PolicyRules(self.rules, self.words.policy, self.words.lexicon)

    @cached_property
    def _checks(self) -> Mapping[Stage, Callable[[Sample], Iterator[Finding]]]:
        return {
            "format": lambda sample: check_format(sample, self.catalog),
            "execution": lambda sample: check_execution(sample, self.catalog),
            "conversation": self._conversation,
            "grounding": lambda sample: check_grounding(sample, self.rules),
            "policy": lambda sample: check_policy(sample, self._policy_rules),
        }

    def ready(self) -> "Verifier":
        """Load and build everything that a first sample would wait for. Raises what loading words
        does.
        """
        self.verify(Sample("", ()))
        if self.reads_words:
            _ = self.rules
        return self

    def verify(self, sample: Sample) -> Verdict:
        """Run the stages and return all their findings; none ends the check early."""
        return Verdict(tuple(self._found(sample, self.stages)))

    def errors(self, sample: Sample) -> list[Finding]:
        """Return the errors among the findings of `verify`: what makes a sample fail.

        What only warns is left out, so no words need to be read.
        """
        stages = [stage for stage in self.stages if stage in _FAILING]
        found = self._found(sample, stages, reading=False)
        return [one for one in found if one.severity == "error"]

    def policy(self, sample: Sample) -> tuple[Finding, ...]:
        """Return what the labelling policy says of a sample, whatever stages are run.

        It only informs, so it weighs on no verdict. Raises what loading words does.
        """
        return tuple(check_policy(sample, self._policy_rules))

    def _found(
        self, sample: Sample, stages: Sequence[Stage], reading: bool = True
    ) -> Iterator[Finding]:
        for stage in stages:
            if stage == "conversation" and sample.is_conversation and not reading:
                yield from check_conversation(sample, self.catalog)
            else:
                yield from self._checks[stage](sample)

    def _conversation(self, sample: Sample) -> Iterator[Finding]:
        if sample.is_conversation:
            yield from check_conversation(sample, self.catalog, self.rules)

    def consistency(self, samples: Sequence[Sample | None]) -> dict[int, Finding]:
        """Find, by index, samples whose calls contradict those of the same request elsewhere.

        None stands for an item that cannot be read.
        """
        return check_consistency(samples, enumerated_properties(self.catalog))
