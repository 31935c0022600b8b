"""The evidence in the admin: what is measured on, what was measured, and what was concluded."""

from evals.admin import case, release, run, verdict

__all__ = ["case", "release", "run", "verdict"]
