"""/manifest.webmanifest, and the icons that it names."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db
def test_it_names_icons_that_are_there_and_a_share_target_that_takes_photos(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest: dict[str, Any] = response.json()
    for icon in manifest["icons"]:
        file = Path(settings.BASE_DIR) / icon["src"].removeprefix("/")
        with Image.open(file) as picture:
            width, height = picture.size
        assert icon["sizes"] == f"{width}x{height}"
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
    share = manifest["share_target"]
    assert (share["action"], share["method"]) == ("/sell/share/", "POST")
    assert share["enctype"] == "multipart/form-data"
    assert [file["name"] for file in share["params"]["files"]] == ["photos"]
    for shortcut in manifest["shortcuts"]:
        assert client.get(shortcut["url"]).status_code in {200, 302}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("theme", "colours"), [("", ["#faf8f4", "#171512"]), ("light", ["#faf8f4"]), ("dark", ["#171512"])]
)
def test_pages_say_their_colour_and_where_the_manifest_is(
    client: Client, theme: str, colours: list[str]
) -> None:
    client.cookies["theme"] = theme
    html = client.get("/about/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in html
    assert [part.split('"')[0] for part in html.split('name="theme-color" content="')[1:]] == colours
