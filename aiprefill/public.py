"""The one door from `evals` into this app: ask as production asks, pay for it, try, and move the labels.

Everything that is not named here may change without notice.
"""

from aiprefill.annotators import GROUP as ANNOTATORS
from aiprefill.attempt import Arriving
from aiprefill.beside import FieldBeside, fields_beside, reading_told
from aiprefill.differences import Change, Span, word_diff
from aiprefill.engine import ask, suggest
from aiprefill.gate import clean_text
from aiprefill.lab import (
    NotRun as NotRead,
)
from aiprefill.lab import (
    find_read,
    find_reading,
    latest_reads,
    read_upload,
    read_with,
    reading_with,
    refuse_what_cannot_run,
)
from aiprefill.ledger import (
    call_reserve,
    erase_outputs,
    open_call,
    settle_as_lost,
    settle_call,
    spent_micros,
)
from aiprefill.limits import BudgetSpent
from aiprefill.models import (
    LabelMove,
    ModelOutput,
    MoveKind,
    OutputPurpose,
    OutputStatus,
    PrefillJob,
    PromptVersion,
)
from aiprefill.prompts import (
    FLOOR,
    PRODUCTION,
    Difference,
    NoSuchLabel,
    SameVersion,
    create_version,
    diff,
    diff_specs,
    label_version,
    labels_in_force,
    move_label,
    save_trial,
    try_version,
)
from aiprefill.providers import PROVIDERS
from aiprefill.providers.base import (
    Answered,
    CallEvent,
    CallOpened,
    CallSettled,
    ErrorClass,
    FieldReady,
    Outcome,
    Provider,
    Reply,
    StopCall,
    SuggestionFailed,
    Usage,
)
from aiprefill.providers.catalogue import CatalogueProvider, Index, MemoryIndex, Seen
from aiprefill.providers.features import VERSION as FEATURES_VERSION
from aiprefill.providers.features import features
from aiprefill.providers.prices import is_priced
from aiprefill.rollout import endpoint, is_configured
from aiprefill.suggestion import (
    Dropped,
    PriceRange,
    PromptSpec,
    SuggestedField,
    Suggestion,
    SuggestRequest,
    Taxonomy,
    canonical_json,
    strict_schema,
)
from aiprefill.traffic import Traffic, traffic
from aiprefill.version_filter import VersionFilter
from aiprefill.version_form import PromptForm

__all__ = [
    "ANNOTATORS",
    "FEATURES_VERSION",
    "FLOOR",
    "PRODUCTION",
    "PROVIDERS",
    "Answered",
    "Arriving",
    "BudgetSpent",
    "CallEvent",
    "CallOpened",
    "CallSettled",
    "CatalogueProvider",
    "Change",
    "Difference",
    "Dropped",
    "ErrorClass",
    "FieldBeside",
    "FieldReady",
    "Index",
    "LabelMove",
    "MemoryIndex",
    "ModelOutput",
    "MoveKind",
    "NoSuchLabel",
    "NoSuchVersion",
    "NotRead",
    "OnlyTried",
    "Outcome",
    "OutputPurpose",
    "OutputStatus",
    "PrefillJob",
    "PriceRange",
    "PromptForm",
    "PromptSpec",
    "PromptVersion",
    "Provider",
    "Reply",
    "SameVersion",
    "Seen",
    "Span",
    "StopCall",
    "SuggestRequest",
    "SuggestedField",
    "Suggestion",
    "SuggestionFailed",
    "Taxonomy",
    "Traffic",
    "Usage",
    "VersionFilter",
    "ask",
    "call_reserve",
    "canonical_json",
    "clean_text",
    "connect",
    "create_version",
    "diff",
    "diff_specs",
    "endpoint",
    "erase_outputs",
    "features",
    "fields_beside",
    "find_read",
    "find_reading",
    "find_version",
    "is_configured",
    "is_priced",
    "label_version",
    "labels_in_force",
    "latest_reads",
    "move_label",
    "open_call",
    "read_upload",
    "read_with",
    "reading_told",
    "reading_with",
    "refuse_what_cannot_run",
    "save_trial",
    "settle_as_lost",
    "settle_call",
    "spent_micros",
    "strict_schema",
    "suggest",
    "traffic",
    "try_version",
    "word_diff",
]


class NoSuchVersion(LookupError):
    """Neither a number of a version nor a label that stands on one."""

    def __init__(self, name: str) -> None:
        labels = ", ".join(sorted(labels_in_force())) or "none"
        super().__init__(f"There is no prompt version {name!r}. Give a number or a label: {labels}.")


class OnlyTried(NoSuchVersion):
    """The version is a trial: it is run over chosen cases in the lab, and nowhere else."""

    def __init__(self, version: PromptVersion) -> None:
        LookupError.__init__(self, f"{version} is a trial. Save it in the prompt lab first.")


def find_version(name: str) -> PromptVersion:
    """The saved version of that number ("7", "v7") or under that label. Raises NoSuchVersion."""
    number = name.removeprefix("v")
    if number.isdecimal() and len(number) < 10:
        version = PromptVersion.objects.filter(pk=int(number)).first()
        if version is not None and version.is_trial:
            raise OnlyTried(version)
        if version is not None:
            return version
    try:
        return label_version(name)
    except NoSuchLabel as error:
        raise NoSuchVersion(name) from error


def connect(version: PromptVersion) -> Provider:
    """The process's provider that the version names, over the site's own photos if it is the catalogue.

    Evaluations give `CatalogueProvider` an index of their own instead. Threads share what comes back.
    """
    return PROVIDERS[version.provider].connect()
