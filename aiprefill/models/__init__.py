"""What the AI was asked, what it answered, what it cost, and what the seller made of it.

A PromptVersion never changes, save that a trial is saved once; a LabelMove never does; a ModelOutput changes
exactly twice (settled once, erased once): triggers in the migrations hold that against every way in.
"""

from aiprefill.models.correction import Correction, CorrectionKind, Feedback
from aiprefill.models.job import (
    OPEN_STATES,
    JobState,
    PrefillJob,
    PrefillJobQuerySet,
    Purpose,
    photo_set_digest,
)
from aiprefill.models.limit import SpendDay, Switch
from aiprefill.models.output import ModelOutput, OutputPurpose, OutputStatus
from aiprefill.models.photo_feature import PhotoFeature
from aiprefill.models.preference import Preference
from aiprefill.models.prompt import LabelMove, MoveKind, PromptVersion
from aiprefill.models.trace import FIELD_CHOICES, FieldTrace, How

__all__ = [
    "FIELD_CHOICES",
    "OPEN_STATES",
    "Correction",
    "CorrectionKind",
    "Feedback",
    "FieldTrace",
    "How",
    "JobState",
    "LabelMove",
    "ModelOutput",
    "MoveKind",
    "OutputPurpose",
    "OutputStatus",
    "PhotoFeature",
    "Preference",
    "PrefillJob",
    "PrefillJobQuerySet",
    "PromptVersion",
    "Purpose",
    "SpendDay",
    "Switch",
    "photo_set_digest",
]
