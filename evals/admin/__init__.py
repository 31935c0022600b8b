"""The evidence in the admin: what is measured on, what was measured, and what was concluded."""

from evals.admin import case, label, release, report, result, run, verdict

__all__ = ["case", "label", "release", "report", "result", "run", "verdict"]
