"""What is measured on, what was measured, and what was concluded.

Case, Release, Verdict and the rest of the evidence never change: triggers in the migrations hold that against
every way in. An EvalRun's question never changes, its progress does until it is done.
"""

from evals.models.case import Case, CaseFile, CaseQuerySet, Split, Tier
from evals.models.dataset import Dataset
from evals.models.judging import JudgeLabel, JudgeLabelQuerySet, JudgeVerdict
from evals.models.release import HoldoutOpening, Release, ReleaseCase
from evals.models.report import Report
from evals.models.result import CaseResult
from evals.models.run import EvalRun, EvalRunQuerySet, RunCall, RunState
from evals.models.verdict import Verdict, VerdictStatus
from evals.models.wish import OverrideWish, WishOutcome

__all__ = [
    "Case",
    "CaseFile",
    "CaseQuerySet",
    "CaseResult",
    "Dataset",
    "EvalRun",
    "EvalRunQuerySet",
    "HoldoutOpening",
    "JudgeLabel",
    "JudgeLabelQuerySet",
    "JudgeVerdict",
    "OverrideWish",
    "Release",
    "ReleaseCase",
    "Report",
    "RunCall",
    "RunState",
    "Split",
    "Tier",
    "Verdict",
    "VerdictStatus",
    "WishOutcome",
]
