"""The forms that change a prompt: to try it, and to copy a version to a new one."""

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aiprefill.models import PromptVersion
from aiprefill.prompts import create_version
from aiprefill.story import pretty
from aiprefill.suggestion import canonical_json
from listings.models import Seller

TEXTS = ("instructions", "request", "language_rule")


class PromptForm(forms.Form):
    """Starts as `shown`, else as `version`; what a person may change is here, the rest is the version's.

    `spec` is there once the form is valid.
    """

    instructions = forms.CharField(
        label=_("Instructions"), strip=False, widget=forms.Textarea(attrs={"rows": 24}), required=False
    )
    request = forms.CharField(
        label=_("Request"), strip=False, widget=forms.Textarea(attrs={"rows": 8}), required=False
    )
    language_rule = forms.CharField(
        label=_("Language rule"), strip=False, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    model = forms.CharField(label=_("Model"), max_length=80)
    parameters = forms.CharField(label=_("Parameters, as JSON"), widget=forms.Textarea(attrs={"rows": 6}))
    picture_size = forms.IntegerField(
        label=_("Longest side of a picture, pixels"), min_value=128, max_value=2048
    )

    def __init__(self, version: PromptVersion, data: Any = None, shown: PromptVersion | None = None) -> None:
        spec = (shown or version).spec
        initial = {name: getattr(spec, name) for name in (*TEXTS, "model", "picture_size")}
        super().__init__(data, initial=initial | {"parameters": pretty(spec.parameters)})
        self.version = version

    def clean_parameters(self) -> str:
        """Canonical JSON of an object."""
        try:
            value = json.loads(self.cleaned_data["parameters"])
            text = canonical_json(value)
        except ValueError as error:
            raise forms.ValidationError(_("This is not JSON: %(why)s") % {"why": error}) from error
        if not isinstance(value, dict):
            raise forms.ValidationError(_("This must be a JSON object."))
        return text

    def clean(self) -> dict[str, Any]:
        """Read the fields as a specification."""
        cleaned = super().clean() or {}
        if not self.errors:
            changed = {name: cleaned[name] for name in (*TEXTS, "model", "parameters", "picture_size")}
            # A browser sends line ends as CR LF: a text that nobody touched must keep its digest.
            changed |= {name: changed[name].replace("\r\n", "\n") for name in TEXTS}
            self.spec = replace(self.version.spec, **changed)
        return cleaned


class NewVersionForm(PromptForm):
    """A prompt with the word on what was changed, to be kept."""

    note = forms.CharField(label=_("What did you change, and why?"), max_length=500)
    field_order = ["note"]

    def clean(self) -> dict[str, Any]:
        """Refuse a copy that changes nothing; what was only tried may be kept."""
        cleaned = super().clean()
        if not self.errors and PromptVersion.objects.kept().filter(digest=self.spec.digest).exists():
            self.add_error(None, _("Nothing is changed: a version with exactly this text exists."))
        return cleaned

    def save(self, by: Seller) -> PromptVersion:
        """The new version; called once `is_valid`."""
        return create_version(self.spec, note=self.cleaned_data["note"], by=by, copied_from=self.version)
