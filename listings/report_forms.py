"""What is wrong with a listing or a conversation, and what is done about it."""

import uuid
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from listings import reports
from listings.forms import TextField
from listings.models import MAX_REPORT, Outcome, Reason, Report
from listings.rules import plain_line

MAX_REASON: Final = 200
"""As `Listing.hidden_reason` takes it."""

HIDE: Final = (Outcome.HIDDEN.value, _("Hide the listing"))
KEEP: Final = (Outcome.KEPT.value, _("Keep it as it is"))
SHOW: Final = (Outcome.SHOWN.value, _("Show it to buyers again"))
KEEP_HIDDEN: Final = (Outcome.KEPT.value, _("Keep it hidden"))
BLOCK: Final = (Outcome.BARRED.value, _("Block the other side for whoever reported it"))


class SentOnce(forms.Form):
    """A form whose key makes the second click on its button the first one again."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid.uuid4())


class ReportForm(SentOnce):
    """One report."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[(each.value, each.label) for each in Reason if each != Reason.APPEAL],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )
    text = TextField(
        label=_("In your words"),
        help_text=_("What should we look at? The other side never sees this."),
        max_length=MAX_REPORT,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("reason") == Reason.OTHER and not told.get("text") and "text" not in self.errors:
            self.add_error("text", _("Say in a few words what is wrong."))
        return told


class AppealForm(SentOnce):
    """What the seller of a hidden listing says."""

    text = TextField(
        label=_("In your words"),
        help_text=_("What have you changed, or what did we get wrong? You may leave it empty."),
        max_length=MAX_REPORT,
        required=False,
    )


def _decision(*choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Decision"), choices=choices, widget=forms.RadioSelect)


class DecisionForm(forms.ModelForm[Report]):
    """What is done about a report. Hiding wants a reason, which the seller reads."""

    decision = _decision(HIDE, KEEP)
    why = forms.CharField(
        label=_("Reason, for the seller"),
        max_length=MAX_REASON,
        required=False,
        help_text=_("Only for hiding. The seller reads it by mail and beside the listing."),
        widget=forms.TextInput({"size": 80}),
    )

    class Meta:
        model = Report
        fields: list[str] = []

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("decision") == Outcome.HIDDEN and not plain_line(told.get("why", "")):
            self.add_error("why", _("Say why it is hidden."))
        return told


class AppealDecisionForm(DecisionForm):
    """What is done about an appeal. Without another reason the one that was given stands."""

    decision = _decision(SHOW, KEEP_HIDDEN)
    why = forms.CharField(
        label=_("Another reason, for the seller"),
        max_length=MAX_REASON,
        required=False,
        help_text=_("Only for keeping it hidden. Leave it empty, and the reason stays as it was."),
        widget=forms.TextInput({"size": 80}),
    )


class ConversationDecisionForm(DecisionForm):
    """What is done about a conversation that was reported."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [BLOCK, HIDE, KEEP] if reports.may_hide(self.instance) else [BLOCK, KEEP]
        self.fields["decision"] = _decision(*choices)
