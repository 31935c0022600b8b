"""What people reported, what sellers of hidden listings ask, and the decision.

Texts of a conversation are shown where one side reported it.
"""

from typing import Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from listings import appeals, reports, rules
from listings.admin.read_only import ReadOnly
from listings.admin.shop import thumbnail
from listings.models import Conversation, Message, Outcome, Report, Seller
from listings.report_forms import AppealDecisionForm, ConversationDecisionForm, DecisionForm


@admin.register(Report)
class ReportAdmin(ReadOnly[Report]):
    """The queue: what is open first. A report that is settled is a record."""

    form = DecisionForm
    view_on_site = False  # the receipt is the reporter's alone
    list_display = ["number", "about", "reason", "outcome_word", "created_at", "settled_by"]
    list_filter = ["outcome", "reason", "created_at"]
    list_select_related = ["listing", "settled_by"]
    search_fields = ["id", "listing__title", "text"]
    ordering = ["outcome", "-created_at"]
    facts = ["number", "about", "picture", "standing", "owner", "reason", "text", "reporter", "created_at"]
    readonly_fields = [*facts, "thread", "hidden_for", "outcome_word", "settled_at", "settled_by"]

    def has_change_permission(self, request: HttpRequest, obj: Report | None = None) -> bool:
        """To decide, while it is open."""
        may = request.user.has_perm("listings.change_report")
        return may and (obj is None or obj.outcome == Outcome.OPEN)

    def get_fieldsets(self, request: HttpRequest, obj: Report | None = None) -> list[Any]:
        facts = [*self.facts]
        if obj and obj.conversation_id:
            facts += ["thread"]
        if obj and obj.is_appeal and obj.listing and obj.listing.hidden_reason:
            facts.insert(facts.index("reason"), "hidden_for")
        if self.has_change_permission(request, obj):
            is_alone = obj and obj.conversation_id and not reports.may_hide(obj)
            asked = ["decision"] if is_alone else ["decision", "why"]
            return [(None, {"fields": facts}), (_("Decision"), {"fields": asked})]
        return [
            (None, {"fields": facts}),
            (_("Decision"), {"fields": ["outcome_word", "settled_at", "settled_by"]}),
        ]

    def get_form(
        self, request: HttpRequest, obj: Report | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = self.form
        if obj:
            form = AppealDecisionForm if obj.is_appeal else form
            form = ConversationDecisionForm if obj.conversation_id else form
        return super().get_form(request, obj, change, **{"form": form} | kwargs)

    def story(self, request: HttpRequest, row: Report) -> dict[str, Any]:
        """One decision, so one button."""
        return {"title": _("Report %s") % row.number, "show_save_and_continue": False}

    def save_model(self, request: HttpRequest, obj: Report, form: Any, change: bool) -> None:
        """Nothing: `response_change` decides, through the action that also settles the others like it."""

    def response_change(self, request: HttpRequest, obj: Report) -> HttpResponse:
        assert isinstance(request.user, Seller)  # noqa: S101  says it to the type checker
        decide = self._decide_appeal if obj.is_appeal else self._decide
        try:
            decide(request, obj, request.user, rules.plain_line(request.POST.get("why", "")))
        except rules.Refused as refused:
            messages.error(request, str(refused))
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(reverse("admin:listings_report_changelist"))

    def _decide(self, request: HttpRequest, told: Report, by: Seller, why: str) -> None:
        if request.POST["decision"] == Outcome.HIDDEN:
            reports.hide(told, by, why)
            self.log_change(request, cast("Any", told.listing), str(_("Hidden: %s") % why))
            messages.success(request, _("The listing is hidden, and its seller is told why."))
        elif request.POST["decision"] == Outcome.BARRED:
            reports.block(told, by)
            messages.success(request, _("Blocked: whoever reported it hears no more of the other."))
        else:
            reports.keep(told, by)
            messages.success(request, _("It stays as it is."))

    def _decide_appeal(self, request: HttpRequest, appeal: Report, by: Seller, why: str) -> None:
        if request.POST["decision"] == Outcome.SHOWN:
            appeals.grant(appeal, by)
            self.log_change(request, cast("Any", appeal.listing), str(_("Shown again.")))
            messages.success(request, _("Buyers see it again, and its seller is told."))
        else:
            appeals.refuse(appeal, by, why)
            told = _("Kept hidden: %s") % appeal.listing.hidden_reason if appeal.listing else ""
            self.log_change(request, cast("Any", appeal.listing), str(told))
            messages.success(request, _("It stays hidden, and its seller is told."))

    @admin.display(description=_("number"), ordering="id")
    def number(self, report: Report) -> str:
        return report.number

    @admin.display(description=_("about"))
    def about(self, report: Report) -> SafeString | str:
        """The listing, or that it is gone; and whether it is a conversation that was reported."""
        kind = _("conversation about") if report.conversation_id else _("listing")
        if report.listing is None:
            return format_html("{} – {}", kind, _("deleted"))
        address = reverse("admin:listings_listing_change", args=[report.listing_id])
        return format_html('{} <a href="{}">{}</a>', kind, address, report.listing)

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_word(self, report: Report) -> SafeString:
        word = report.outcome or "open"
        return format_html('<span class="word word-{}">{}</span>', word, report.get_outcome_display())

    @admin.display(description=_("photo"))
    def picture(self, report: Report) -> SafeString | str:
        return thumbnail(report.listing.cover if report.listing else None)

    @admin.display(description=_("standing"))
    def standing(self, report: Report) -> str:
        return report.listing.get_status_display() if report.listing else "–"

    @admin.display(description=_("seller"))
    def owner(self, report: Report) -> SafeString | str:
        return _account(report.listing.seller if report.listing else None)

    @admin.display(description=_("hidden because"))
    def hidden_for(self, report: Report) -> str:
        return report.listing.hidden_reason if report.listing else "–"

    @admin.display(description=_("what both wrote"))
    def thread(self, report: Report) -> SafeString | str:
        """The conversation's texts: seen here, where one side asked somebody to look, and nowhere else."""
        conversation = report.conversation
        if conversation is None:
            return "–"
        rows = conversation.messages.select_related("author").order_by("id")
        lines = (_line(message, conversation) for message in rows)
        return format_html_join("", "<p><strong>{}</strong> {}<br>{}</p>", lines)


def _line(message: Message, conversation: Conversation) -> tuple[str, str, str]:
    """Who wrote, and in which part; when; what."""
    if message.author is None:
        author = str(_("Somebody who left"))
    else:
        part = _("buyer") if message.author_id == conversation.buyer_id else _("seller")
        author = f"{message.author.first_name} ({part})".strip()
    return author, f"{localtime(message.sent_at):%Y-%m-%d %H:%M}", message.text or str(_("erased"))


def _account(seller: Seller | None) -> SafeString | str:
    if seller is None:
        return "–"
    return format_html(
        '<a href="{}">{}</a>', reverse("admin:listings_seller_change", args=[seller.pk]), seller
    )
