"""The evidence in the admin: what is measured on, and what was measured."""

from evals.admin import case, release, run

__all__ = ["case", "release", "run"]
