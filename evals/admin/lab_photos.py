"""The photos that the prompt lab offers to try a prompt on."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from aiprefill.public import latest_reads
from evals.lab import dev_cases

SIDE: Final = 320
OFFERED: Final = 8
"""Of each kind."""


class Choice(NamedTuple):
    """One that can be picked: by what value, where its picture is, and what it is."""

    value: str
    address: str
    words: str


def to_choose(request: HttpRequest) -> dict[str, list[Choice]]:
    """By the name of their kind; a kind of which there is none, or that is not theirs to see, is left out."""
    kinds = {_("Read for sellers lately"): list(_reads(request)), _("Cases of the dev split"): list(_cases())}
    return {name: choices for name, choices in kinds.items() if choices}


def _reads(request: HttpRequest) -> Iterator[Choice]:
    if request.user.has_perms(["aiprefill.view_prefilljob", "listings.view_photo"]):
        for read in latest_reads(OFFERED):
            address = reverse("admin:listings_photo_file", args=[read.cover, SIDE])
            when = date_format(localtime(read.at), "j M, H:i")
            words = _("Read by v%(version)s, %(when)s") % {"version": read.version, "when": when}
            yield Choice(f"job:{read.job}", address, words)


def _cases() -> Iterator[Choice]:
    for case in dev_cases(OFFERED):
        yield Choice(f"case:{case.pk}", reverse("admin:evals_case_file", args=[case.pk, 0, SIDE]), case.key)
