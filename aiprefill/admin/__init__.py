"""The annotators' view of the AI: what was asked, answered, paid, kept. What is immutable has no form."""

from aiprefill.admin import catalogue, jobs, outputs, running, sellers, versions

__all__ = ["catalogue", "jobs", "outputs", "running", "sellers", "versions"]
