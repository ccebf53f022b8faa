"""How reliable judges are: each compared with what people decided."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from workbench.adapters.judgements import Judgements
from workbench.adapters.labels import LabelStore
from workbench.core.judge.report import Agreement, JudgeReport, judge_report, pair
from workbench.core.review.labels import stale
from workbench.core.stats.agreement import TOO_FEW, IntervalEstimate, share


def report(
    known: Judgements, store: LabelStore, catalog: str, ids: Iterable[str]
) -> list[JudgeReport]:
    """Report on each judge (a model asked by a prompt), the latest first.

    catalog: the catalogue's hash now: decisions made with another one are ignored. ids: the
    dataset's samples; decisions on others are ignored too.
    """
    there = set(ids)
    found = []
    for model, prompt in known.readers():
        pairs = []
        latest = ""
        for sample_id in known.judged():
            entry = known.entry("judge", sample_id, model, prompt)
            if entry is None or sample_id not in there:
                continue
            label = store.get(sample_id)
            old = label is not None and bool(stale(label, sample_id, catalog))
            judgement = entry.judgement
            latest = max(latest, judgement.time)
            pairs.append((judgement, pair(judgement, label, known.first_time(sample_id), old)))
        if pairs:
            found.append((latest, judge_report(model, prompt, pairs)))
    return [one for _, one in sorted(found, key=lambda item: item[0], reverse=True)]


def as_json(found: JudgeReport) -> dict[str, Any]:
    """Return a report in the shape of `judge --report --json`."""
    return {
        "model": found.model,
        "prompt": found.prompt,
        "conversations": found.conversations,
        "judged": found.judged,
        "wrong": found.wrong,
        "split": found.split,
        "all": _agreement_json(found.overall),
        "blind": _agreement_json(found.blind),
        "bulk": found.bulk,
        "codes": {
            code: {
                "found": number,
                "compared": compared,
                "borne_out": right,
                "precision": _estimate_json(share(right, compared)),
            }
            for code, (number, compared, right) in found.codes.items()
        },
    }


def _agreement_json(agreement: Agreement) -> dict[str, Any]:
    (ok_ok, ok_not), (wrong_ok, wrong_not) = agreement.table
    return {
        "compared": agreement.compared,
        "judge_ok": {"accepted": ok_ok, "edited_or_rejected": ok_not},
        "judge_wrong": {"accepted": wrong_ok, "edited_or_rejected": wrong_not},
        "agreement": agreement.observed if agreement.compared else None,
        "kappa": _estimate_json(agreement.kappa),
        "too_few": agreement.too_few,
        "enough_from": TOO_FEW,
        "precision_of_wrong": _estimate_json(agreement.precision),
        "recall_of_wrong": _estimate_json(agreement.recall),
    }


def _estimate_json(estimate: IntervalEstimate | None) -> dict[str, float] | None:
    return None if estimate is None else asdict(estimate)
