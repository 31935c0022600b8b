"""A history for the people who read it: jobs that ended in every way, made by running them."""

from dataclasses import dataclass
from dataclasses import replace as changed
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.models import Group
from django.test import Client

from aiprefill import actions, corrections
from aiprefill.annotators import GROUP
from aiprefill.models import How, PrefillJob, PromptVersion
from aiprefill.prompts import PRODUCTION, create_version, label_version
from aiprefill.suggestion import SuggestedField
from aiprefill.tests.job_steps import run
from aiprefill.tests.provider_server import ProviderServer
from aiprefill.tests.provider_wire import ANSWER
from listings import actions as listing_actions
from listings.models import Listing, Seller
from listings.tests.cast import UNIT, make_draft

SHORTENED: Final[dict[str, Any]] = {
    "title": "Black headphones, wired",
    "description": ANSWER["description"]["value"],
    "category": "electronics",
    "condition": "good",
    "price": Decimal(18),
}
"""What the provider suggests, with a word less in the title."""
OTHERWISE: Final[dict[str, Any]] = {
    "title": "Qoxyv",
    "description": "Zz",
    "category": "books",
    "condition": "fair",
    "price": Decimal(3),
}
"""Nothing of what the provider suggests."""


@dataclass(frozen=True, slots=True)
class History:
    """One job of each kind. `kept` was corrected a little, of `refused` nothing was kept."""

    kept: PrefillJob
    refused: PrefillJob
    failed: PrefillJob
    empty: PrefillJob
    erased: PrefillJob
    second: PromptVersion


def history(provider: ProviderServer, seller: Seller) -> History:
    """Run the jobs of every kind through the provider on the wire."""
    second = second_version()
    kept = post(read(seller, photos=2), seller, SHORTENED)
    actions.give_feedback(kept, "title", up=False, word="It is not over-ear")
    actions.give_feedback(kept, "", up=True)
    refused = post(read(seller), seller, OTHERWISE)
    erased = read(seller)
    listing_actions.delete(listing_of(erased))
    provider.mode = "billing"
    failed = read(seller)
    provider.mode = "nothing"
    empty = read(seller)
    provider.mode = ""
    for job in (kept, refused, failed, empty, erased):
        job.refresh_from_db()
    return History(kept, refused, failed, empty, erased, second)


def second_version() -> PromptVersion:
    """Production's version with a line more."""
    first = label_version(PRODUCTION)
    spec = changed(first.spec, instructions=first.spec.instructions + "\nNever write more than you see.")
    return create_version(spec, "Shorter texts.", copied_from=first)


def read(seller: Seller, photos: int = 1) -> PrefillJob:
    """A draft of the seller's, read once."""
    draft = make_draft(seller, photos=photos)
    job = actions.ask(draft, unit=UNIT, seller=seller, language="en")
    assert isinstance(job, PrefillJob), job
    return run(job)


def post(job: PrefillJob, seller: Seller, fields: dict[str, Any]) -> PrefillJob:
    """Show every suggestion, and post the listing with these fields."""
    for name, data in job.fields.items():
        offer = corrections.offer_digest(name, SuggestedField.from_json(name, data))
        corrections.trace(job, name, offer, How.FILLED)
    listing = listing_of(job)
    listing_actions.save_fields(listing, listing.revision, fields, fields.keys())
    listing_actions.publish(listing, seller)
    corrections.sweep()
    return job


def listing_of(job: PrefillJob) -> Listing:
    """The job's listing as it stands."""
    return Listing.objects.get(prefill_jobs=job)


def annotator_client() -> Client:
    """Jonas of the annotators, signed in."""
    jonas = Seller.objects.create_user("jonas@example.org", "read well", first_name="Jonas", is_staff=True)
    jonas.groups.add(Group.objects.get(name=GROUP))
    return signed_in(jonas)


def signed_in(seller: Seller) -> Client:
    """A browser of this person."""
    client = Client()
    client.force_login(seller)
    return client
