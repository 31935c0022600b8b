"""The photos that the prompt lab offers to try a prompt on, and the one that was picked."""

from collections.abc import Iterator
from typing import Final, NamedTuple
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from aiprefill.public import PrefillJob, find_read, latest_reads
from evals.lab import dev_cases
from evals.models import Case, Split

SIDE: Final = 320
OFFERED: Final = 8
"""Of each kind."""
SEE_READS: Final = ("aiprefill.view_prefilljob", "listings.view_photo")
SEE_CASES: Final = ("evals.view_case", "evals.add_evalrun")


class Choice(NamedTuple):
    """One that can be picked: by what value, where its picture is, and what it is."""

    value: str
    address: str
    words: str


def to_choose(request: HttpRequest) -> dict[str, list[Choice]]:
    """By the name of their kind; a kind of which there is none, or that is not theirs to see, is left out."""
    may = request.user.has_perms
    reads = list(_reads()) if may(SEE_READS) else []
    cases = list(_cases()) if may(SEE_CASES) else []
    kinds = {_("Read for sellers lately"): reads, _("Cases of the dev split"): cases}
    return {name: choices for name, choices in kinds.items() if choices}


def picked(request: HttpRequest) -> PrefillJob | Case | None:
    """The reading or the case that was picked, by the value of its choice."""
    kind, _colon, key = request.POST.get("photo", "").partition(":")
    if kind == "job" and request.user.has_perms(SEE_READS):
        return find_read(as_uuid(key))
    if kind == "case" and request.user.has_perms(SEE_CASES):
        return Case.objects.readable().filter(split=Split.DEV, pk=as_number(key)).first()
    return None


def as_number(text: str) -> int:
    """The number of a row that the text says; 0, which no row has, if it says none."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def as_uuid(text: str) -> UUID:
    """The same for rows that have a UUID."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _reads() -> Iterator[Choice]:
    for read in latest_reads(OFFERED):
        address = reverse("admin:listings_photo_file", args=[read.cover, SIDE])
        when = date_format(localtime(read.at), "j M, H:i")
        words = _("Read by v%(version)s, %(when)s") % {"version": read.version, "when": when}
        yield Choice(f"job:{read.job}", address, words)


def _cases() -> Iterator[Choice]:
    for case in dev_cases(OFFERED):
        yield Choice(f"case:{case.pk}", reverse("admin:evals_case_file", args=[case.pk, 0, SIDE]), case.key)
