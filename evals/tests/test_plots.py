"""Plots hold every value, at widths that people say."""

from hypothesis import given
from hypothesis import strategies as st

from evals.plots import axis, histogram, round_width


@given(st.lists(st.floats(0, 1e6), max_size=60))
def test_every_value_is_in_its_bar(values: list[float]) -> None:
    bars = histogram(values)
    assert sum(bar.count for bar in bars) == len(values)
    assert len(bars) <= 17
    assert all(0 <= bar.y <= 100 and 0 <= bar.x < 100 for bar in bars)
    assert not values or max(bar.height for bar in bars) == 100


@given(st.floats(1e-3, 1e9))
def test_a_width_is_one_two_or_five(least: float) -> None:
    width = round_width(least)
    assert least <= width < 2.6 * least
    assert f"{width:.0e}"[0] in "125"


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=9))
def test_an_axis_has_room_for_all_and_zero_in_its_middle(values: list[float]) -> None:
    scale = axis(values)
    places = [scale.place(value) for value in values]
    assert scale.place(0) == 50
    assert all(0 <= place <= 100 for place in places)
    assert sorted(values) == [value for _, value in sorted(zip(places, values, strict=True))]
    assert scale.place(2 * scale.end) == 100
