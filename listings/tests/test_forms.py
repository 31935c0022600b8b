"""What a seller writes, as values."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listings import actions, rules
from listings.fields import MAX_DESCRIPTION, MAX_PRICE, MAX_TITLE, MAX_TOWN
from listings.forms import ListingForm, PriceField, price_text
from listings.models import Category, Listing, Seller, Status
from listings.rules import plain_line, plain_text
from listings.tests.cast import make_draft, make_listing

EUROS = st.decimals(Decimal(0), MAX_PRICE, places=2)
WRITTEN = {
    "12,50": "12.50",
    "12.5": "12.50",
    "€ 12": "12.00",
    "12 €": "12.00",
    "12,-": "12.00",
    "12,": "12.00",
    "1.200": "1200.00",
    "1 200,00": "1200.00",
    "1’200.50": "1200.50",
    "1,234,567.8": "1234567.80",
    "１２": "12.00",
    "0": "0.00",
}


@pytest.mark.parametrize(("text", "euros"), WRITTEN.items())
def test_prices_as_people_write_them(text: str, euros: str) -> None:
    assert str(PriceField().to_python(text)) == euros


@pytest.mark.parametrize(
    "text", ["-5", "1e3", "NaN", "Infinity", "1.2.3", "12 or so", "9999999.01", "0x10", "٣x"]
)
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        PriceField().to_python(text)


@given(EUROS)
def test_a_price_survives_its_input(euros: Decimal) -> None:
    assert PriceField().to_python(price_text(euros)) == euros


@given(st.text())
def test_any_text_is_a_price_in_range_or_refused(text: str) -> None:
    try:
        euros = PriceField().to_python(text)
    except ValidationError:
        return
    assert euros is None or (0 <= euros <= MAX_PRICE and euros == euros.quantize(Decimal("0.01")))


@given(st.text())
def test_plain_text_is_plain_and_stays_as_it_is(text: str) -> None:
    once = plain_text(text)
    assert plain_text(once) == once
    assert not {"\x00", "\r", "\u202e", "\u2066"} & set(once)
    line = plain_line(text)
    assert plain_line(line) == line
    assert "\n" not in line


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    title=st.text(max_size=100), town=st.text(max_size=80), description=st.text(), price=st.text(max_size=12)
)
def test_whatever_is_valid_can_be_stored(seller: Seller, **data: str) -> None:
    form = ListingForm(data)
    form.is_valid()
    draft = make_draft(seller, photos=0)
    actions.save_fields(draft, draft.revision, form.values, form.values)
    assert rules.values_of(Listing.objects.get(pk=draft.pk)).items() >= form.values.items()


@pytest.mark.django_db
def test_lengths_are_told() -> None:
    limits = {"title": MAX_TITLE, "town": MAX_TOWN, "description": MAX_DESCRIPTION}
    form = ListingForm({name: "x" * (limit + 1) for name, limit in limits.items()})
    assert form.errors.keys() == limits.keys()


@pytest.mark.django_db
def test_a_description_of_full_length_with_windows_line_ends_fits() -> None:
    form = ListingForm({"description": "ab\r\n" * (MAX_DESCRIPTION // 3)})
    assert form.is_valid()


def test_an_untouched_page_changes_nothing(seller: Seller) -> None:
    listing = make_listing(seller, description="One\nTwo", price=Decimal("1250.50"), status=Status.LIVE)
    blank = ListingForm.of(listing)
    data = {name: str(blank[name].value() or "") for name in blank.fields}
    data |= {blank[name].html_initial_name: data[name] for name in blank.fields}
    form = ListingForm(data)
    assert form.is_valid()
    assert form.changed == []


@pytest.mark.django_db
def test_an_unknown_category_is_refused() -> None:
    Category.objects.filter(slug="books").delete()
    assert "category" in ListingForm({"category": "books"}).errors
