"""The form that makes the next version of a case, read as a line of a file is."""

import json
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from evals import datasets
from evals.content import CaseContent
from evals.models import Case, Split, Tier
from listings.fields import AI_FIELDS, CATEGORIES, Condition

CATEGORY_CHOICES: Final = list(CATEGORIES.items())
_CHOICES: Final = ("split", "tier", "category", "alt_categories", "conditions", "untellable")
_PRICES: Final = ("price_low_eur", "price_high_eur")


def _lines(entries: Any) -> str:
    return "\n".join(entries)


def _alternatives(row: str) -> list[str]:
    return [word.strip() for word in row.split(",") if word.strip()]


class CaseForm(forms.Form):
    """Starts as a version; pictures and provenance stay as they are."""

    why = forms.CharField(label=_("What did you change, and why?"), max_length=300)
    split = forms.ChoiceField(label=_("Split"), choices=Split.choices)
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    category = forms.ChoiceField(
        label=_("Category"), choices=[("", _("not expected")), *CATEGORY_CHOICES], required=False
    )
    alt_categories = forms.MultipleChoiceField(
        label=_("Also right"), choices=CATEGORY_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    title = forms.CharField(
        label=_("Words of the title"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line each that must be hit; its alternatives with commas between."),
    )
    price_low_eur = forms.DecimalField(
        label=_("Price from, euros"), min_value=0, decimal_places=2, required=False
    )
    price_high_eur = forms.DecimalField(
        label=_("Price to, euros"), min_value=0, decimal_places=2, required=False
    )
    conditions = forms.MultipleChoiceField(
        label=_("Conditions that are right"),
        choices=[(each.value, each.value.replace("_", " ")) for each in Condition],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    forbidden = forms.CharField(
        label=_("Claims that no text may make"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A word or phrase a line."),
    )
    untellable = forms.MultipleChoiceField(
        label=_("Fields that must stay empty"),
        choices=[(name, name) for name in AI_FIELDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A tag a line."),
    )
    clusters = forms.CharField(
        label=_("Belongs with"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A name a line, such as seller:262, or case:d004 for another case."),
    )

    def __init__(self, case: Case, data: Any = None) -> None:
        expected = case.expectation
        low, high = expected.price or (None, None)
        initial = {
            "split": case.split,
            "tier": case.tier,
            "category": expected.category or "",
            "alt_categories": expected.also,
            "title": _lines(", ".join(words) for words in expected.title),
            "price_low_eur": low,
            "price_high_eur": high,
            "conditions": expected.conditions,
            "forbidden": _lines(expected.forbidden),
            "untellable": expected.untellable,
            "tags": _lines(case.tags),
            "clusters": _lines(case.clusters),
        }
        super().__init__(data, initial=initial)
        self.case = case
        self.content: CaseContent | None = None

    def clean(self) -> dict[str, Any]:
        """Read the whole as a line of a file would be; each problem is told."""
        told = super().clean() or {}
        if self.errors:
            return told
        line = {name: told[name] for name in _CHOICES} | {
            "id": self.case.key,
            "image": "kept.jpg",
            "language": self.case.language,
            "acceptable_title_keywords": [_alternatives(row) for row in told["title"].splitlines()],
            "cluster": told["clusters"].splitlines(),
            "tags": told["tags"].splitlines(),
            "forbidden": told["forbidden"].splitlines(),
        }
        line |= {name: float(told[name]) for name in _PRICES if told[name] is not None}
        try:
            read = datasets.read_line(json.dumps(line))
        except datasets.BadLine as error:
            for problem in error.problems:
                self.add_error(None, problem)
            return told
        before = self.case.content
        self.content = replace(read.content, pictures=before.pictures, provenance=before.provenance)
        if self.content.digest == self.case.digest:
            self.add_error(None, _("Nothing is changed."))
        return told

    def save(self, by: int | None) -> Case:
        """The new version; called once `is_valid`. Raises `datasets.OutOfDate` or `datasets.SpansSplits`."""
        if self.content is None:
            raise TypeError("The form is not valid.")
        return datasets.edit(self.case, self.content, why=self.cleaned_data["why"], by=by)
