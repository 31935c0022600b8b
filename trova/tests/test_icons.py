"""The pictures for home screens are the mark as it is now."""

import pytest
from PIL import Image, ImageChops

from trova.icons import FOLDER, ICONS, icon, strokes


def test_a_path_is_its_lines() -> None:
    assert strokes("M8 9.5h16M16 9.5V24M12.5 24h7") == [
        ((8, 9.5), (24, 9.5)),
        ((16, 9.5), (16, 24)),
        ((12.5, 24), (19.5, 24)),
    ]


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_what_the_mark_draws(name: str) -> None:
    side, is_whole = ICONS[name]
    with Image.open(FOLDER / name) as kept:
        difference = ImageChops.difference(kept.convert("RGBA"), icon(side, is_whole=is_whole))
    assert max(high for _low, high in difference.getextrema()) <= 2  # type: ignore[misc]  # bands of RGBA
