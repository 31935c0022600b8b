"""What a seller writes, as a form. A draft may lack anything; what is wrong keeps its text and says why."""

import re
import unicodedata
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from listings.fields import MAX_DESCRIPTION, MAX_PRICE, MAX_TITLE, MAX_TOWN
from listings.models import CONDITION_LABELS, Category, Listing
from listings.rules import TEXT_FIELDS, Value, Values, plain_line, plain_text, values_of

_WHOLE: Final = r"[0-9]+|[0-9]{1,3}(?:[ .,’'][0-9]{3})+"
_CENTS: Final = r"[.,](?P<cents>[0-9]{0,2}|[-–—])"
PRICE: Final = re.compile(rf"(?:€|EUR)? ?(?P<euros>{_WHOLE})(?:{_CENTS})? ?(?:€|EUR)?")
"""Euros as people write them: 12,50  12.5  1 200,00  12,-  €12; 1.200 is a thousand and more."""


def price_text(price: Decimal | None) -> str:
    """A price as it stands in its input."""
    if price is None:
        return ""
    return f"{price:.0f}" if price == price.to_integral_value() else f"{price:.2f}"


class LineField(forms.CharField):
    """One line of plain text."""

    def to_python(self, value: Any) -> str:
        return plain_line(str(value or ""))


class TextField(forms.CharField):
    """Plain text in lines."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return plain_text(str(value or ""))


class PriceField(forms.CharField):
    """Euros as text in, Decimal with two places or None out."""

    def prepare_value(self, value: Any) -> Any:
        return price_text(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:  # the parent's is always text
        written = " ".join(unicodedata.normalize("NFKC", str(value or "")).split())
        if not written:
            return None
        found = PRICE.fullmatch(written)
        if not found:
            raise ValidationError(_("Write the price as a number of euros, like 12 or 12.50."), "price")
        cents = (found["cents"] or "0").strip("-–—").ljust(2, "0")
        price = Decimal(f"{re.sub('[^0-9]', '', found['euros'])}.{cents}")
        if price > MAX_PRICE:
            raise ValidationError(_("This is more than a listing can cost here."), "price")
        return price

    def run_validators(self, value: Any) -> None:
        """None: the parent's are about text."""


class SlugField(forms.ModelChoiceField[Category]):
    """A category by its slug; the cleaned value is the slug, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Category.objects.all(), to_field_name="slug", **kwargs)

    def to_python(self, value: Any) -> Any:
        category = super().to_python(value)
        return category.slug if category else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or "") != (data or "")


class ListingForm(forms.Form):
    """The fields of one listing. Each carries the value that the page was given: what changed can be seen.

    `changed` and `values` speak of valid fields alone. `theirs` is what stands in a field that was changed
    elsewhere too, by field: `value` for the control and `shown` for the eye.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    title = LineField(
        label=_("Title"),
        max_length=MAX_TITLE,
        help_text=_("What it is, in a few words: brand, model, size, colour."),
        widget=forms.TextInput({"enterkeyhint": "next", "autocomplete": "off"}),
    )
    category = SlugField(label=_("Category"), empty_label=_("Choose one"))
    condition = forms.ChoiceField(label=_("Condition"), choices=[("", _("Not told")), *CONDITION_LABELS])
    description = TextField(
        label=_("Description"),
        max_length=MAX_DESCRIPTION,
        help_text=_("What a buyer cannot see in the photos: flaws, measurements, what belongs to it."),
        widget=forms.Textarea({"rows": 7}),
    )
    price = PriceField(
        label=_("Price in euros"),
        help_text=_("0 means free."),
        widget=forms.TextInput({"inputmode": "decimal", "enterkeyhint": "next", "autocomplete": "off"}),
    )
    town = LineField(
        label=_("Town"),
        max_length=MAX_TOWN,
        help_text=_("Where it can be picked up."),
        widget=forms.TextInput({"enterkeyhint": "done", "autocomplete": "address-level2"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: dict[str, dict[str, str]] = {}
        for name in TEXT_FIELDS:
            self.fields[name].required = False
            self.fields[name].show_hidden_initial = True

    @classmethod
    def of(cls, listing: Listing) -> "ListingForm":
        """The form as the listing stands."""
        return cls(initial=values_of(listing) | {"revision": listing.revision})

    @property
    def values(self) -> dict[str, Value]:
        """The valid values."""
        return {name: self.cleaned_data[name] for name in TEXT_FIELDS if name in self.cleaned_data}

    @property
    def changed(self) -> list[str]:
        """The valid fields whose value is not the one that the page was given."""
        return [name for name in self.changed_data if name in self.values]

    def rebase(self, listing: Listing) -> None:
        """Stand on what is stored now: keep what was written, and see changes against this."""
        stored = values_of(listing)
        given = {self[name].html_initial_name: self.as_written(name, stored[name]) for name in TEXT_FIELDS}
        self._replace(given | {"revision": str(listing.revision)})

    def take(self, name: str, value: Value) -> None:
        """Put a value into a control."""
        self._replace({name: self.as_written(name, value)})

    def show_theirs(self, theirs: Values) -> None:
        """Say what stands in fields that were changed elsewhere too."""
        for name, value in theirs.items():
            written = self.as_written(name, value)
            choices = dict(getattr(self.fields[name], "choices", ()))
            self.theirs[name] = {"value": written, "shown": str(choices.get(written, written))}

    def _replace(self, data: dict[str, str]) -> None:
        posted = self.data.dict() if isinstance(self.data, QueryDict) else self.data
        self.data = {**posted, **data}

    def as_written(self, name: str, value: Value) -> str:
        """A stored value as it stands in its control."""
        return str(self.fields[name].prepare_value(value) or "")
