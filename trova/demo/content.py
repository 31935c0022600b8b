"""The demo's people and listings, put into the database through the actions that visitors use."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from listings import actions
from listings.actions import JudgedPhotos
from listings.models import Listing, Seller, Status
from trova.demo.people import ADMINISTRATOR, ANNOTATOR, SELLER, SIGN_INS

FOLDER: Final = Path(__file__).parent
LISTINGS: Final = FOLDER / "listings.json"
NAMESPACE: Final = UUID("5c0f3f0e-0f6e-4f0b-9a54-2d1f6b7c8a90")
OWN_EVERY: Final = 12
"""One in so many listings belongs to the demo's seller, so that *My listings* has something to show."""
FIELDS: Final = ("title", "description", "category", "condition", "town")
ANNOTATORS: Final = "annotators"


def seed() -> int:
    """Make what is missing of the demo and say how many listings that was. What is there stays as it is."""
    content = json.loads(LISTINGS.read_text())
    people = make_people(content["sellers"])
    posted = set(Listing.objects.posted().values_list("form_key", flat=True))
    wanted = [
        entry | {"form_key": key, "order": order}
        for order, entry in enumerate(content["listings"])
        if (key := uuid5(NAMESPACE, entry["key"])) not in posted and photos_of(entry)
    ]
    for entry, judged in zip(wanted, cleaned(wanted), strict=True):
        own = entry["order"] % OWN_EVERY == OWN_EVERY - 1
        post(entry, people[SELLER.email if own else entry["seller"]], judged)
    return len(wanted)


def make_people(sellers: Iterable[dict[str, str]]) -> dict[str, Seller]:
    """The sellers by their key, and those who may sign in by their address. Passwords are set once."""
    people = {
        seller["key"]: _seller(f"{seller['key']}@sellers.trova.example", seller["name"]) for seller in sellers
    }
    for person in SIGN_INS:
        people[person.email] = _seller(person.email, person.name, person.password)
    Seller.objects.filter(email__in=[ANNOTATOR.email, ADMINISTRATOR.email]).update(is_staff=True)
    Seller.objects.filter(email=ADMINISTRATOR.email).update(is_superuser=True)
    people[ANNOTATOR.email].groups.add(Group.objects.get_or_create(name=ANNOTATORS)[0])
    return people


def _seller(email: str, name: str, password: str | None = None) -> Seller:
    seller = Seller.objects.filter(email=email).first()
    if seller is None:  # not get_or_create: hashing a password takes longer than all else here
        seller = Seller.objects.create(email=email, first_name=name, password=make_password(password))
        EmailAddress.objects.create(user=seller, email=email, verified=True, primary=True)
    return seller


def photos_of(entry: dict[str, Any]) -> list[Path]:
    """The pictures of a listing that have been made."""
    return [path for name in entry["photos"] if (path := FOLDER / "photos" / name).exists()]


def cleaned(entries: list[dict[str, Any]]) -> Iterator[JudgedPhotos]:
    """The photos of each listing through the intake, on as many cores as there are."""
    with ThreadPoolExecutor() as pool:
        yield from pool.map(_judge, map(photos_of, entries))


def _judge(paths: list[Path]) -> JudgedPhotos:
    with ExitStack() as stack:
        return actions.judge([(stack.enter_context(path.open("rb")), path.name) for path in paths])


def post(entry: dict[str, Any], seller: Seller, judged: JudgedPhotos) -> None:
    """Post one listing, as old as its entry says; what an interrupted run began is brought to its end."""
    draft, _is_new = actions.start_draft(NAMESPACE, seller, entry["form_key"])
    values = {name: entry[name] for name in FIELDS} | {"price": Decimal(entry["price"])}
    actions.save_fields(draft, draft.revision, values, values.keys())
    actions.add_judged(draft, judged)
    actions.publish(draft, seller)
    # A few minutes apart, so that no two are of the same moment.
    moment = timezone.now() - timedelta(days=entry["days_ago"], minutes=37 * entry["order"] % 600)
    # The demo's shop stays full: what has no day does not expire.
    Listing.objects.filter(pk=draft.pk).update(published_at=moment, expires_at=None)
    Seller.objects.filter(pk=seller.pk, date_joined__gt=moment).update(date_joined=moment)
    if entry["status"] == Status.RESERVED:
        actions.reserve(draft)
    elif entry["status"] == Status.SOLD:
        actions.mark_sold(draft)
