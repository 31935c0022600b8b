"""The wish for light or dark is kept, and leads back to where it was made, never to another site."""

import pytest
from django.test import Client


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/?category=books&after=x", "/?category=books&after=x"),
        ("http://testserver/about/", "/about/"),
        ("", "/"),
        ("?theme", "/"),
        ("http://testserver//evil.example/", "/"),
        ("http://testserver/\\evil.example", "/"),
        ("http://testserver\\\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("https://evil.example/about/", "/about/"),
    ],
)
def test_it_leads_back_on_this_site(client: Client, referer: str, back: str) -> None:
    response = client.post("/theme/", {"theme": "dark"}, headers={"referer": referer})
    assert response["Location"] == back
    assert response.cookies["theme"].value == "dark"


def test_what_is_no_theme_takes_the_wish_back(client: Client) -> None:
    client.post("/theme/", {"theme": "dark"})
    response = client.post("/theme/", {"theme": '"><script>'})
    assert response.cookies["theme"].value == ""
