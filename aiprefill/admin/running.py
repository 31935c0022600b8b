"""What it costs, and the off switch."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from aiprefill import actions
from aiprefill.admin.versions import staff
from aiprefill.models import SpendDay, Switch
from aiprefill.templatetags.suggestions import dollars
from listings.admin import ReadOnly


@admin.register(SpendDay)
class SpendDayAdmin(ReadOnly[SpendDay]):
    """What the models cost, day by day."""

    list_display = ["day", "spent", "reserved"]
    list_filter = ["day"]
    search_fields = ["day"]
    search_help_text = _("A day, like 2026-11-23, or a month, like 2026-11")

    @admin.display(description=_("spent"), ordering="spent_micros")
    def spent(self, day: SpendDay) -> str:
        return dollars(day.spent_micros)

    @admin.display(description=_("reserved"), ordering="reserved_micros")
    def reserved(self, day: SpendDay) -> str:
        return dollars(day.reserved_micros)


class WhyForm(forms.Form):
    """The reason for turning suggestions off; staff read it."""

    why = forms.CharField(
        label=_("Why?"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField", "autofocus": True}),
        help_text=_("Kept, and shown to everybody who works here."),
    )


@admin.register(Switch)
class SwitchAdmin(ReadOnly[Switch]):
    """The off switch: one row, thrown by a button on every page of the admin."""

    list_display = ["stands", "why", "who", "changed_at"]
    list_filter = ["is_off"]
    search_fields = ["why"]
    list_select_related = ["who"]

    @admin.display(description=_("suggestions"))
    def stands(self, switch: Switch) -> SafeString:
        return format_html('<span class="word word-{}">{}</span>', "down" if switch.is_off else "up", switch)

    def get_urls(self) -> list[URLPattern]:
        throw = path("throw/", self.admin_site.admin_view(self.throw_view), name="aiprefill_throw_switch")
        return [throw, *super().get_urls()]

    def throw_view(self, request: HttpRequest) -> HttpResponse:
        """Turn suggestions off, with the reason, or on; asks first."""
        if not request.user.has_perm("aiprefill.change_switch"):
            raise PermissionDenied
        is_off = actions.is_off()
        form = WhyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and request.POST.get("turn") != ("on" if is_off else "off"):
            # Somebody else was faster; what this page offered would undo their work.
            messages.warning(request, _("The switch was thrown meanwhile. Nothing was changed."))
            return HttpResponseRedirect(reverse("admin:aiprefill_throw_switch"))
        if request.method == "POST" and (is_off or form.is_valid()):
            self.throw(request, is_off, form.cleaned_data["why"] if not is_off else "")
            return HttpResponseRedirect(reverse("admin:index"))
        context = self.admin_site.each_context(request) | {
            "title": _("Turn suggestions on") if is_off else _("Turn suggestions off"),
            "switch": Switch.objects.select_related("who").first(),
            "is_off": is_off,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/aiprefill/switch/throw.html", context)

    def throw(self, request: HttpRequest, was_off: bool, why: str) -> None:
        """Throw it, and leave the act in the admin's own history: the row keeps the last one alone."""
        if was_off:
            actions.turn_on(who=staff(request))
            messages.success(request, _("Suggestions are on."))
        else:
            actions.turn_off(why=why, who=staff(request))
            messages.warning(request, _("Suggestions are off. Every seller gets the ordinary form."))
        said = str(_("Turned on")) if was_off else f"{_('Turned off')}: {why}"
        self.log_change(request, Switch.objects.get(), said)
