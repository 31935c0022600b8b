"""What one person writes to another."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from listings.forms import TextField
from listings.models import MAX_MESSAGE


class MessageForm(forms.Form):
    """One message. Its key makes the second click on *Send* the first one again."""

    text = TextField(
        label=_("Your message"),
        max_length=MAX_MESSAGE,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write something first.")},
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_key", uuid.uuid4())

    def refuse(self, why: str) -> None:
        """Show the form again with what was typed, and why it was not sent."""
        self.add_error("text", why)
