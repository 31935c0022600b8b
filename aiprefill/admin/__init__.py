"""The annotators' view of the AI: what was asked, answered, paid, kept. What is immutable has no form."""

from aiprefill.admin import jobs, outputs, running, sellers, versions

__all__ = ["jobs", "outputs", "running", "sellers", "versions"]
