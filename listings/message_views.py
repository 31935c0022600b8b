"""Writing to a seller, and what is written back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from listings import addresses, messaging, rules
from listings.cautions import Caution, cautions
from listings.form_page import refusal, try_again
from listings.form_post import sign_in_url
from listings.message_forms import MessageForm
from listings.models import Conversation, KeptMessage, Listing, Message, Seller
from listings.units import set_unit, unit_of

PAGE_SIZE: Final = 30
AT_ONCE: Final = 60
"""Messages on one page of a conversation; older ones are a link away."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as the reader sees it."""

    message: Message
    is_mine: bool
    cautions: list[Caution]


def reader_of(request: HttpRequest) -> Seller:
    """Whoever is signed in; only where that was asked before."""
    assert request.user.is_authenticated  # noqa: S101  says it to the type checker
    return request.user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write to the seller of a listing on show. Signed out: the text is kept, and sent at the sign-in."""
    listing = get_object_or_404(Listing.objects.select_related("category", "seller"), pk=pk)
    if not listing.is_public(timezone.now()):
        raise Http404
    if request.method == "POST":
        return _send_first(request, listing, MessageForm(request.POST))
    if not listing.is_on_show or listing.seller_id == request.user.pk:
        return redirect(listing)
    if request.user.is_authenticated:
        begun = Conversation.objects.filter(listing=listing, buyer=request.user).first()
        if begun:
            return redirect(begun)
    return _show_contact(request, listing, MessageForm())


def _send_first(request: HttpRequest, listing: Listing, form: MessageForm) -> HttpResponse:
    if not form.is_valid():
        return _show_contact(request, listing, form, status=422)
    text, key = form.cleaned_data["text"], form.cleaned_data["form_key"]
    try:
        if not request.user.is_authenticated:
            return _keep(request, listing, text, key)
        sent = messaging.begin(listing, request.user, text, key)
    except rules.Refused as refused:
        form.refuse(str(refused))
        return refusal(_show_contact(request, listing, form), refused)
    except (Listing.DoesNotExist, KeptMessage.DoesNotExist) as gone:
        raise Http404 from gone
    messages.success(request, _("Your message is sent."))
    return redirect(sent.conversation)


def _keep(request: HttpRequest, listing: Listing, text: str, key: UUID) -> HttpResponse:
    unit = unit_of(request)
    kept = messaging.keep(listing, unit or key, text, key, addresses.of_stranger(request))
    messages.info(request, _("Your message is kept. Sign in, and it is sent."))
    response = redirect_to_login(reverse("listings:kept_message", args=[kept.pk]))
    if unit is None:
        set_unit(response, kept.unit)
    return response


@never_cache
@require_safe
def kept_message(request: HttpRequest, kept: UUID) -> HttpResponse:
    """A message that waits for its writer; once it is sent, on to the conversation."""
    reader = request.user if request.user.is_authenticated else None
    if reader and (sent := Message.objects.filter(author=reader, form_key=kept).first()):
        return redirect(sent.conversation)
    waiting = messaging.kept_for(kept, unit_of(request), reader)
    if waiting is None:
        raise Http404
    form = MessageForm(initial={"text": waiting.text, "form_key": waiting.pk})
    return _show_contact(request, waiting.listing, form)


def _show_contact(
    request: HttpRequest, listing: Listing, form: MessageForm, status: int = 200
) -> HttpResponse:
    context = {"listing": listing, "is_seen": True, "form": form}
    return render(request, "listings/contact.html", context, status=status)


@never_cache
@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything this person writes about, newest first."""
    reader = reader_of(request)
    mine = Conversation.objects.of(reader).with_rows(reader).order_by("-last_at", "-id")
    page = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(each, each.name_of_other(reader), can_see(reader, each)) for each in page.object_list]
    return render(request, "listings/messages.html", {"page": page, "rows": rows})


def writing_signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As `login_required`; whoever was signed out while writing gets the text back."""

    @wraps(view)
    def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, **kwargs)
        if request.method == "POST":
            return try_again(request, _("You were signed out."), 401, sign_in=sign_in_url(request))
        return redirect_to_login(request.get_full_path())

    return page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@writing_signed_in
def conversation_page(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """What both have written, and the answer. For `X-Fragment: messages`, what is newer than `?after`."""
    found = own_or_404(reader_of(request), conversation)
    if request.method == "POST":
        return _send_reply(request, found, MessageForm(request.POST))
    if request.headers.get("X-Fragment") == "messages":
        return _show_newer(request, found)
    return _show_conversation(request, found, MessageForm())


def can_see(reader: Seller, conversation: Conversation) -> bool:
    """Whether the reader can still open the page of the listing, and see its photos."""
    listing = conversation.listing
    return listing is not None and (conversation.seller_id == reader.pk or listing.is_public(timezone.now()))


def own_or_404(reader: Seller, pk: UUID) -> Conversation:
    """A conversation of this person; another's is as if it were not there."""
    mine = Conversation.objects.of(reader).select_related("listing", "buyer", "seller")
    return get_object_or_404(mine, pk=pk)


def _send_reply(request: HttpRequest, conversation: Conversation, form: MessageForm) -> HttpResponse:
    if not form.is_valid():
        return _show_conversation(request, conversation, form, status=422)
    text, key = form.cleaned_data["text"], form.cleaned_data["form_key"]
    try:
        messaging.reply(conversation, reader_of(request), text, key)
    except rules.Refused as refused:
        form.refuse(str(refused))
        return refusal(_show_conversation(request, conversation, form), refused)
    return redirect(f"{conversation.get_absolute_url()}#newest")


def _show_conversation(
    request: HttpRequest, conversation: Conversation, form: MessageForm, status: int = 200
) -> HttpResponse:
    reader = reader_of(request)
    other = conversation.other(reader)
    thread, has_older = _read(reader, conversation, before=_number(request, "before"))
    context: dict[str, Any] = {
        "conversation": conversation,
        "listing": conversation.listing,
        "is_seen": can_see(reader, conversation),
        "name": conversation.name_of_other(reader),
        "other": other,
        "closed": messaging.why_closed(conversation.listing, has_left=other is None),
        "standing": messaging.standing(reader, other) if other else None,
        "thread": thread,
        "has_older": has_older,
        "form": form,
    }
    return render(request, "listings/conversation.html", context, status=status)


def _show_newer(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    thread, _more = _read(reader_of(request), conversation, after=_number(request, "after"))
    if not thread:
        return HttpResponse(status=204)
    return render(request, "listings/_thread.html", {"thread": thread})


def _read(reader: Seller, conversation: Conversation, **bounds: int | None) -> tuple[list[Shown], bool]:
    """The newest messages within the bounds, oldest first, now read; and whether there are older ones."""
    rows = conversation.messages.order_by("-id")
    if bounds.get("before"):
        rows = rows.filter(id__lt=bounds["before"])
    if bounds.get("after"):
        rows = rows.filter(id__gt=bounds["after"])
    found = list(rows[: AT_ONCE + 1])
    shown = found[AT_ONCE - 1 :: -1] if len(found) > AT_ONCE else found[::-1]
    messaging.mark_read(reader, shown)
    return (
        [Shown(each, each.author_id == reader.pk, cautions(each.text)) for each in shown],
        len(found) > AT_ONCE,
    )


def _number(request: HttpRequest, name: str) -> int | None:
    """A message's number in the query; None for anything else, so that a mistyped address still opens."""
    given = request.GET.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


@require_POST
@login_required
def block(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """Block the other side, or, by the other button, hear from them again."""
    reader = reader_of(request)
    found = own_or_404(reader, conversation)
    if other := found.other(reader):
        if request.POST.get("do") == "unblock":
            messaging.unblock(reader, other)
            messages.success(request, _("You can write to each other again."))
        else:
            messaging.block(reader, other)
            messages.success(request, _("Blocked. You get no more messages from this person."))
    return redirect(found)
