"""What stands around the cards of the shelves: where one can go from here, and how much is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from listings.models import CONDITION_LABELS, Category
from listings.search import Answer, Counts, Search, Sort, loosened
from listings.search.matching import MANY
from listings.templatetags.shop import price

TOWNS: Final = 6
"""So many towns are offered, those with most listings."""
CONDITIONS: Final = {value: str(label) for value, label in CONDITION_LABELS}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to the same shelf, narrower or wider. `count` is as it is shown; empty where none is.

    `id` is of what it puts on or takes off, so that the keyboard's place is found again in the next page.
    """

    label: str
    search: Search
    count: str = ""
    is_current: bool = False
    id: str = ""


def around(search: Search, told: Answer | None, categories: Sequence[Category]) -> dict[str, Any]:
    """For the template: shelves, filters, and what was counted, if it was."""
    context: dict[str, Any] = {
        "conditions": CONDITION_LABELS,
        "sorts": [sort for sort in Sort if search.words or sort != Sort.RELEVANCE],
        "set": list(_set(search)),
    }
    if told is None:
        counts: dict[object, int] = {each.pk: each.count.on_show for each in categories}
        on_show = search.category.count.on_show if search.category else sum(counts.values())
        shelves = _shelves(search, categories, Counts(counts, more=False))
        return context | {"shelves": shelves, "found": _listings(on_show)}
    found = told.facets.found
    context |= {
        "told": told,
        "shelves": _shelves(search, categories, told.facets.sides["category"]),
        "sides": [*_conditions(search, told), *_towns(search, told)],
        "found": _listings(found),
    }
    if not found:
        context["looser"] = [
            Choice(_without(each.search, search, each.word), each.search, amount(each.found))
            for each in loosened(search)
        ]
    return context


def amount(found: int, more: bool = False) -> str:
    """`1,250`, and `10,000+` where nothing was counted further."""
    counted = min(found, MANY) if more or found > MANY else found
    return number_format(counted, force_grouping=True) + "+" * (more or found > MANY)


def _listings(found: int) -> str:
    return ngettext("%(found)s listing", "%(found)s listings", found) % {"found": amount(found)}


def _shelves(search: Search, categories: Sequence[Category], counts: Counts) -> list[Choice]:
    whole = amount(sum(counts.by.values()), counts.more)
    every = replace(search, category=None)
    shelves = [Choice(_("All"), every, whole, search.category is None, id="shelf-all")]
    for each in categories:
        count = counts.by.get(each.pk, 0)
        shown = amount(count, counts.more and count > 0)
        one = replace(search, category=each)
        shelves.append(Choice(each.name, one, shown, each == search.category, id=f"shelf-{each.slug}"))
    return shelves


def _set(search: Search) -> Iterator[Choice]:
    """The filters that are set, each with the search without it."""
    shown = {
        "price": (_prices(search), "price"),
        "condition": (CONDITIONS.get(search.condition, ""), f"condition-{search.condition}"),
        "town": (search.town, _town_id(search.town)),
    }
    for name, (label, id_) in shown.items():
        if name in search.filters:
            yield Choice(label, search.without(name), id=id_)


def _prices(search: Search) -> str:
    if search.min_price is None:
        return _("up to %(price)s") % {"price": price(search.max_price)}
    if search.max_price is None:
        return _("from %(price)s") % {"price": price(search.min_price)}
    return f"{price(search.min_price)} – {price(search.max_price)}"


def _conditions(search: Search, told: Answer) -> Iterator[Choice]:
    counts = told.facets.sides["condition"]
    for value, label in CONDITIONS.items():
        if value != search.condition and (count := counts.by.get(value)):
            narrower = replace(search, condition=value)
            yield Choice(label, narrower, amount(count, counts.more), id=f"condition-{value}")


def _towns(search: Search, told: Answer) -> Iterator[Choice]:
    counts = told.facets.sides["town"]
    named = ((str(town), count) for town, count in counts.by.items() if town)
    for town, count in sorted(named, key=lambda each: (-each[1], each[0]))[:TOWNS]:
        if town.lower() != search.town.lower():
            narrower = replace(search, town=town)
            yield Choice(town, narrower, amount(count, counts.more), id=_town_id(town))


def _town_id(town: str) -> str:
    """Quoted: an id may hold no space."""
    return f"town-{quote(town)}"


def _without(wider: Search, search: Search, word: str) -> str:
    if word:
        return _("without “%(word)s”") % {"word": word}
    if len(search.filters) > 1 and not wider.filters:
        return _("without any filter")
    if wider.category != search.category:
        return _("in all categories")
    if (wider.min_price, wider.max_price) != (search.min_price, search.max_price):
        return _("at any price")
    return _("in any condition") if wider.condition != search.condition else _("in any town")
