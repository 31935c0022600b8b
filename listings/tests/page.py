"""A seller's browser without scripts: reads the form of a page as it is, writes into it, presses a button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client


class _Form(HTMLParser):
    """The first form below `main` that posts: what it sends, its buttons' `do`, and where it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.buttons: list[str] = []
        self._select = ""
        self._textarea = ""
        self.action = ""
        self._is_in_main = self._is_in_form = self._is_done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._is_in_main = True
        elif tag == "form":
            self._is_in_form = self._is_in_main and not self._is_done and given.get("method") == "post"
            self.action = given.get("action", "") if self._is_in_form else self.action
        elif not self._is_in_form:
            return
        elif tag == "input" and given.get("type") != "file" and "name" in given:
            self.data[given["name"]] = given.get("value", "")
        elif tag == "button" and given.get("name") == "do" and "disabled" not in given:
            self.buttons.append(given["value"])
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and ("selected" in given or self._select not in self.data):
            self.data[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = given["name"]
            self.data[self._textarea] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_done |= self._is_in_form
            self._is_in_form = False
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.data[self._textarea] += data.removeprefix("\n")


@dataclass
class Page:
    """One window of a browser. `press` sends the form and leads on to where the answer says."""

    client: Client
    address: str
    response: HttpResponse = field(init=False)
    data: dict[str, str] = field(init=False)
    buttons: list[str] = field(init=False)
    action: str = field(init=False)

    def __post_init__(self) -> None:
        self.open(self.address)

    def open(self, address: str) -> None:
        self.address = address
        self._show(self.client.get(address))

    def write(self, **values: str) -> "Page":
        assert values.keys() <= self.data.keys()
        self.data |= values
        return self

    def press(self, do: str, **files: Any) -> "Page":
        assert do in self.buttons, f"no such button: {self.buttons}"
        return self.send(do=do, **files)

    def send(self, **more: Any) -> "Page":
        """Send the form as the Enter key does."""
        self.address = self.action or self.address
        self._show(self.client.post(self.address, self.data | more))
        return self

    @property
    def text(self) -> str:
        return self.response.content.decode()

    @property
    def status(self) -> int:
        return self.response.status_code

    def _show(self, response: Any) -> None:
        while response.status_code == 302:
            self.address = response["Location"].partition("#")[0]
            response = self.client.get(self.address)
        self.response = response
        form = _Form()
        form.feed(response.content.decode())
        self.data, self.buttons, self.action = form.data, form.buttons, form.action
