"""What the site answers under production's settings, as JSON: run as a program, with no database at hand."""

import json
import sys
from typing import Any, Final
from uuid import UUID

import django
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

BEHIND_THE_PROXY: Final[dict[str, Any]] = {"HTTP_HOST": "trova.example", "HTTP_X_FORWARDED_PROTO": "https"}


def main() -> None:
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    json.dump(answers(), sys.stdout)


def answers() -> list[dict[str, object]]:
    """One of each kind: a page, a file, what is not there, what is refused, what fails, what sets cookies."""
    client: Any = Client(raise_request_exception=False, enforce_csrf_checks=True, **BEHIND_THE_PROXY)
    asked = [client.get(path) for path in ("/about/", "/static/css/tokens.css", "/nothing/", "/health")]
    token = client.cookies["__Host-csrf"].value
    asked.append(client.post("/theme/", {"theme": "dark"}))
    referer = {"HTTP_REFERER": "https://trova.example/about/", "HTTP_X_CSRFTOKEN": token}
    asked.append(client.post("/theme/", {"theme": "dark"}, **referer))
    asked.append(client.get("/about/", HTTP_HOST="elsewhere.example"))
    plain = Client(HTTP_HOST="trova.example").get("/about/")
    return [told(answer) for answer in (*asked, begun(), plain)]


def begun() -> HttpResponse:
    """The answer that gives a browser its unit."""
    from listings.units import set_unit

    response = HttpResponse(status=299)
    set_unit(response, UUID(int=1))
    return response


def told(answer: Any) -> dict[str, object]:
    cookies = {name: {**morsel} for name, morsel in answer.cookies.items()}
    text = "" if answer.streaming else answer.content.decode()
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies, "text": text}


if __name__ == "__main__":
    main()
