"""How far a judge agrees with people, and so how far to trust it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workbench.core.judge.tasks import is_conversation_id
from workbench.core.judge.votes import CODE_OF, CONVERSATION_QUESTIONS, QUESTIONS, Judgement
from workbench.core.review.labels import Label
from workbench.core.stats.agreement import TOO_FEW, IntervalEstimate, cohens_kappa, observed, share
from workbench.core.timestamps import is_before


@dataclass(frozen=True, slots=True)
class Pair:
    """A judgement, and a reviewer's decision on the same content.

    blind: certainly decided before anyone could see a judge's opinion. bulk: decided together with
    others.
    """

    judgement: Judgement
    human_ok: bool
    blind: bool
    bulk: bool


def pair(judgement: Judgement, label: Label | None, seen_since: str, is_stale: bool) -> Pair | None:
    """Compare a judgement with a label; None if that isn't a decision on the current content.

    Accepting a sample unchanged means it is right, editing or rejecting it that it is not.
    seen_since: when the content was judged first.
    """
    if label is None or is_stale or label.decision not in ("accepted", "rejected"):
        return None
    human_ok = label.decision == "accepted" and label.edited is None
    return Pair(judgement, human_ok, is_before(label.time, seen_since), label.how == "bulk")


@dataclass(frozen=True, slots=True)
class Agreement:
    """Judge against people.

    table: counts of samples, the judge's ok and wrong by row, the person's right and not right by
    column. kappa: None if too few are compared, or either gives only one answer.
    """

    table: tuple[tuple[int, int], tuple[int, int]]

    @property
    def compared(self) -> int:
        return sum(map(sum, self.table))

    @property
    def too_few(self) -> bool:
        return self.compared < TOO_FEW

    @property
    def observed(self) -> float:
        """The share of samples on which they agree."""
        return observed(self.table)

    @property
    def kappa(self) -> IntervalEstimate | None:
        return None if self.too_few else cohens_kappa(self.table)

    @property
    def precision(self) -> IntervalEstimate | None:
        """Of the samples the judge calls wrong, the share that people edit or reject."""
        return share(self.table[1][1], sum(self.table[1]))

    @property
    def recall(self) -> IntervalEstimate | None:
        """Of the samples people edit or reject, the share that the judge calls wrong."""
        return share(self.table[1][1], self.table[0][1] + self.table[1][1])


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """How reliable one judge is. judged, wrong: samples. overall: all that people decided on.

    blind: of these, decided before any judge had spoken. bulk: how many of `overall` were decided
    together with others. codes: by code, how often it was found, compared, and confirmed by an edit
    or a rejection. conversations: whether it was asked about these, by their own prompt.
    """

    model: str
    prompt: str
    judged: int
    wrong: int
    split: int
    overall: Agreement
    blind: Agreement
    bulk: int
    codes: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    conversations: bool = False


def judge_report(
    model: str, prompt: str, judgements: Iterable[tuple[Judgement, Pair | None]]
) -> JudgeReport:
    """Count one judge's judgements, each paired with a reviewer's decision if there is one."""
    found = list(judgements)
    pairs = [one for _, one in found if one is not None]
    conversations = any(is_conversation_id(judgement.id) for judgement, _ in found)
    asked = CONVERSATION_QUESTIONS if conversations else QUESTIONS
    codes = {CODE_OF[question]: (0, 0, 0) for question in asked}
    for judgement, one in found:
        for code in judgement.codes:
            number, compared, right = codes[code]
            borne_out = one is not None and not one.human_ok
            codes[code] = (number + 1, compared + (one is not None), right + borne_out)
    return JudgeReport(
        model=model,
        prompt=prompt,
        judged=len(found),
        wrong=sum(judgement.opinion == "wrong" for judgement, _ in found),
        split=sum(not judgement.unanimous for judgement, _ in found),
        overall=_agreement(pairs),
        blind=_agreement([one for one in pairs if one.blind]),
        bulk=sum(one.bulk for one in pairs),
        codes=codes,
        conversations=conversations,
    )


def _agreement(pairs: Iterable[Pair]) -> Agreement:
    table = [[0, 0], [0, 0]]
    for one in pairs:
        table[one.judgement.opinion == "wrong"][not one.human_ok] += 1
    (ok_ok, ok_not), (wrong_ok, wrong_not) = table
    return Agreement(((ok_ok, ok_not), (wrong_ok, wrong_not)))


def kappa_words(agreement: Agreement) -> str:
    """Return how far a judge may be trusted, such as `kappa 0.62 (0.48 to 0.76, 143 compared)`."""
    if not agreement.compared:
        return "not compared with people yet"
    if agreement.too_few:
        return f"{agreement.compared} compared with people, {TOO_FEW} needed"
    kappa = agreement.kappa
    if kappa is None:
        return f"{agreement.compared} compared: kappa unknown, all have one answer"
    return (
        f"kappa {kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f}, "
        f"{agreement.compared} compared)"
    )
