"""What programs read of the shop, and what they post to it."""

import uuid
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status, UploadedFile

from listings import actions, rules
from listings.actions import JudgedPhotos
from listings.authentication import HourlyWrites, caller
from listings.cursor import BadCursor, Cursor, page
from listings.intake import judge_photo, keep_photo
from listings.models import Category, Listing, Seller
from listings.rules import Values, plain_line, plain_text
from listings.schemas import MULTIPART, ListingIn, ListingOut, ListingQuery, errors, wrong
from listings.search import Search, matches
from listings.search.matching import MANY, count

router = Router(tags=["Listings"])

LINK: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "headers": {
                "Link": {
                    "description": 'Where the next page is: `<...>; rel="next"`. None on the last page.',
                    "schema": {"type": "string"},
                }
            }
        }
    }
}


@router.get(
    "",
    response={200: list[ListingOut], **errors(422)},
    auth=None,
    operation_id="list_listings",
    summary="What is on sale",
    openapi_extra=LINK,
    url_name="listings",
)
def browse(request: HttpRequest, response: HttpResponse, query: Query[ListingQuery]) -> list[ListingOut]:
    """Newest first, a page at a time."""
    category = _category(query.category) if query.category else None
    search = Search(words=plain_line(query.q), category=category)
    few = search.narrows and count(search) <= MANY
    try:
        after = Cursor.parse(query.cursor) if query.cursor else None
        found = matches(search).with_cards().defer("search")
        listings, following = page(found, after, size=query.limit, few=few)
    except BadCursor as error:
        raise wrong("cursor", _("This is not where a page ended.")) from error
    if following:
        asked = request.GET.copy()
        asked["cursor"] = str(following)
        address = request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
        response["Link"] = f'<{address}>; rel="next"'
    return [ListingOut.of(listing, request) for listing in listings]


@router.get(
    "/{id}",
    response={200: ListingOut, **errors(404, 422)},
    auth=None,
    operation_id="get_listing",
    summary="One listing",
    url_name="listing",
)
def read(request: HttpRequest, id: uuid.UUID) -> ListingOut:  # noqa: A002  its name in the address
    """While it is on sale."""
    listing = Listing.objects.on_show().with_cards().filter(pk=id).first()
    if listing is None:
        raise Http404(_("No listing with this id is on sale."))
    return ListingOut.of(listing, request)


@router.post(
    "",
    response={201: ListingOut, **errors(400, 401, 403, 413, 422, 429, 507)},
    throttle=HourlyWrites(),
    operation_id="post_listing",
    summary="Sell something",
    openapi_extra=MULTIPART,
    url_name="listings",
)
def post(request: HttpRequest, listing: Form[ListingIn], image: File[UploadedFile]) -> Status[ListingOut]:
    """Buyers see it at once."""
    values: dict[str, rules.Value] = {
        "title": plain_line(listing.title),
        "description": plain_text(listing.description),
        "category": _category(listing.category).slug,
        "price": listing.price,
    }
    for name, sentence in rules.missing(values, photos=1).items():
        raise wrong(name, sentence)
    posted = _post(caller(request), values, judge_photo(image))
    return Status(201, ListingOut.of(posted, request))


def _post(seller: Seller, values: Values, judged: JudgedPhotos) -> Listing:
    """All of it, or nothing."""
    with transaction.atomic():
        draft, _is_new = actions.start_draft(uuid.uuid4(), seller, uuid.uuid4())
        keep_photo(draft, judged)
        actions.save_fields(draft, draft.revision, values, values.keys())
        actions.publish(draft, seller)
    return draft


def _category(wanted: str) -> Category:
    """Raises ValidationError."""
    wanted = plain_line(wanted)
    category = Category.objects.filter(Q(slug=wanted) | Q(name__iexact=wanted)).first()
    if category is None:
        names = ", ".join(Category.objects.values_list("name", flat=True))
        raise wrong("category", _("There is no such category. There are: %(names)s.") % {"names": names})
    return category
