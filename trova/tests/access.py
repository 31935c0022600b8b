"""Everybody who may ask, everything that may be asked for, and how the site answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.mail import send_mail
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from aiprefill import actions, corrections, ledger
from aiprefill.annotators import GROUP
from aiprefill.models import How, OutputPurpose, PrefillJob, Purpose, SpendDay
from aiprefill.public import FLOOR, label_version
from aiprefill.tests.selling import done
from evals import datasets, promotion
from evals.datasets.synthetic import make_cases
from evals.models import Case, CaseResult, EvalRun, JudgeLabel, JudgeVerdict, RunCall
from evals.models import Report as ModelReport
from evals.runner import ask
from evals.tests.running import order
from evals.trial import Trial
from evals.upgrade.report import write
from listings import actions as listing_actions
from listings import favourites, messaging, reports, tokens
from listings.models import (
    ApiToken,
    ApiWrites,
    Conversation,
    KeptMessage,
    Listing,
    Reason,
    Report,
    Seller,
    Status,
)
from listings.tests.cast import UNIT, make_draft, make_listing
from listings.units import set_unit

PEOPLE: Final = ("stranger", "browser", "neighbour", "owner", "annotator", "administrator")
"""Signed out; signed out at the browser of the unsigned draft; two sellers; two of the staff."""
OWNERS_UNIT: Final = UUID("22222222-2222-4222-8222-222222222222")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One URL pattern of the project: its name, empty where it has none, and what it wants to know."""

    name: str
    route: str
    wants: frozenset[str]


def patterns() -> list[Pattern]:
    """Every URL pattern of the project."""
    return list(_walk(get_resolver().url_patterns, "", "", frozenset()))


def _walk(found: list[Any], space: str, route: str, wants: frozenset[str]) -> Iterator[Pattern]:
    for pattern in found:
        here = route + str(pattern.pattern)
        wanted = wants | {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, here, wanted)
        elif isinstance(pattern, URLPattern):
            yield Pattern(f"{space}{pattern.name}" if pattern.name else "", here, wanted)


@dataclass(frozen=True, slots=True)
class World:
    """What there is to be seen: `posted` is public, `draft` its owner's, `unsigned` a browser's.

    Staff took the owner's `hidden` out of sight. The neighbour and the owner are in a `conversation`; a
    message is `kept` at the browser; the neighbour has made the `report`.
    """

    clients: dict[str, Client]
    posted: Listing
    draft: Listing
    unsigned: Listing
    hidden: Listing
    job: PrefillJob
    conversation: Conversation
    kept: KeptMessage
    api_job: PrefillJob
    report: Report

    def address(self, pattern: Pattern, of: str) -> str:
        """Where `pattern` speaks of the listing `of`, or of a row of the model that it is about."""
        listing: Listing = getattr(self, of)
        told: dict[str, Any] = {
            "draft": listing.pk,
            "conversation": self.conversation.pk,
            "kept": self.kept.pk,
            "report": self.report.pk,
            "mode": "unseen_claim",
            "report_id": ModelReport.objects.values_list("pk", flat=True)[0],
            "run_id": EvalRun.objects.values_list("pk", flat=True)[0],
            "pk": 1 if "webauthn" in pattern.name else listing.pk,
            "id": self.api_job.pk if pattern.name == "api:job" else listing.pk,
            "token": ApiToken.objects.order_by("pk")[0].pk,
            "width": 320,
            "extension": "webp",
            "name": "all" if "sitemap" in pattern.name else "none.jpg",
            "job_id": self.job.pk,
            "number": self.job.version_id,
            "content_type_id": ContentType.objects.get_for_model(Listing).pk,
            "uidb36": "1",
            "key": "set-password",
            "case_id": Case.objects.values_list("pk", flat=True)[0],
            "position": 0,
            "side": 320,
            "app_label": "listings",
        }
        if "photo" in pattern.name and "pk" in pattern.wants:
            told["pk"] = listing.photos.all()[0].pk
        if pattern.name.startswith("admin:"):
            told |= {
                "object_id": listing.pk,
                "listing_id": listing.pk,
                "id": listing.seller_id,
                "photo_id": listing.photos.all()[0].pk,
            }
            for model in admin.site._registry:
                if f":{model._meta.app_label}_{model._meta.model_name}_" in pattern.name:
                    row = model._default_manager.order_by("pk").first()
                    assert row, f"the world has no {model}"
                    told["object_id"] = row.pk
        if pattern.name == "aiprefill:progress":
            salt = f"aiprefill.progress.{listing.pk}.{OWNERS_UNIT}"
            query = f"?job={signing.Signer(salt=salt).sign(str(self.job.pk))}"
        elif pattern.name == "admin:evals_compare":
            query = f"?a={told['run_id']}&b={told['run_id']}"
        else:
            query = ""
        return reverse(pattern.name, kwargs={name: told[name] for name in pattern.wants}) + query


def make_world() -> World:
    """Everything once."""
    owner, neighbour = (Seller.objects.create_user(f"{name}@example.org") for name in ("owner", "neighbour"))
    annotator = Seller.objects.create_user("annotator@example.org", is_staff=True)
    annotator.groups.add(Group.objects.get(name=GROUP))
    administrator = Seller.objects.create_superuser("administrator@example.org")
    signed_in = {
        "neighbour": neighbour,
        "owner": owner,
        "annotator": annotator,
        "administrator": administrator,
    }
    clients = {name: _client(signed_in.get(name)) for name in PEOPLE}
    _sit_at(clients["browser"], UNIT)
    _sit_at(clients["owner"], OWNERS_UNIT)
    posted = make_draft(owner)
    _tell_everything(owner, done(posted))
    corrections.sweep()
    _make_evidence(administrator, annotator)
    draft = make_draft(owner, unit=OWNERS_UNIT, photos=2)
    tokens.issue(owner, "of a test")
    api_job = actions.ask(draft, unit=OWNERS_UNIT, seller=owner, language="en", purpose=Purpose.API)
    assert isinstance(api_job, PrefillJob)
    conversation = messaging.begin(posted, neighbour, "Is it still there?", uuid4()).conversation
    messaging.mark_read(owner, conversation.messages.all())  # by the page itself, at the first look
    kept = messaging.keep(posted, UNIT, "I would take it.", uuid4())
    told = {"reason": Reason.SCAM, "text": "Too cheap."}
    report = reports.report(posted, conversation, uuid4(), told, reporter=neighbour, unit=None)
    hidden = make_listing(owner, status=Status.HIDDEN)
    return World(
        clients, posted, draft, make_draft(), hidden, done(draft), conversation, kept, api_job, report
    )


def _make_evidence(administrator: Seller, annotator: Seller) -> None:
    """A case in a release, an opened holdout, a run that waits with an answer that was labelled and judged, a
    report that lacks its runs with its verdict, and a wish.
    """
    dataset = make_cases(1, seed=1, name="set")
    release = datasets.release(dataset)
    datasets.log_opening(dataset, release, how="test", why="To see it")
    floor = label_version(FLOOR)
    run, _is_new = ask(order(release, version=floor), how="test")
    result = CaseResult.objects.create(
        run=run, case=release.cases.all()[0], repeat=1, cache_key="k", answer={}
    )
    JudgeLabel.objects.create(
        mode="unseen_claim", result=result, answer_digest="a" * 64, person=annotator, fails=True
    )
    called = ledger.open_call(OutputPurpose.JUDGE, floor, "{}")
    RunCall.objects.create(run=run, case=result.case, repeat=1, output=called)
    JudgeVerdict.objects.create(
        mode="unseen_claim", version=floor, answer_digest="a" * 64, output=called, fails=True
    )
    write(Trial(floor, release), timezone.now())
    promotion.ask_override(floor, "To see it", administrator.pk)


def _client(seller: Seller | None) -> Client:
    client = Client()
    if seller:
        EmailAddress.objects.create(user=seller, email=seller.email, verified=True, primary=True)
        client.force_login(seller)
    return client


def _sit_at(client: Client, unit: UUID) -> None:
    response = HttpResponse()
    set_unit(response, unit)
    client.cookies.update(response.cookies)


def _tell_everything(owner: Seller, job: PrefillJob) -> None:
    """Post the job's listing, and leave a row in each table that the admin shows."""
    corrections.trace(job, "title", "0" * 64, How.FILLED)
    actions.give_feedback(job, "title", up=True, word="Right")
    actions.set_preference(owner, wants=True)
    actions.turn_on()
    ledger.open_call(OutputPurpose.JOB, job.version, "{}")
    SpendDay.objects.get_or_create(day="2026-01-31")
    guarded = Seller.objects.create_user("guarded@example.org")
    Authenticator.objects.create(user=guarded, type=Authenticator.Type.TOTP, data={"secret": "none"})
    send_mail("Your code", "It is 1234.", None, [owner.email])
    assert job.listing
    listing_actions.publish(job.listing, owner)
    favourites.keep(guarded, [job.listing])
    messaging.block(guarded, owner)
    ApiWrites.objects.create(seller=owner, hour=timezone.now(), writes=1)
