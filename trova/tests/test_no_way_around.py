"""Production stays where it is, whatever is posted to the admin and sent to the API without a pass.

What a row, a bulk update, SQL and commands can do is in evals/tests/test_promotion.py.
"""

from copy import deepcopy
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from aiprefill.public import PRODUCTION, LabelMove, MoveKind, PromptVersion, label_version
from evals.models import OverrideWish, Verdict
from evals.tests.judged import make_candidate
from listings import tokens
from listings.models import Seller
from listings.tests.cast import jpeg
from trova.api import api
from trova.tests.access import World, make_world, patterns

ADMIN: Final = [each for each in patterns() if each.name.startswith("admin:")]
OF_A_VERSION: Final = (
    "queue_runs",
    "ask_gate",
    "promote",
    "confirm_override",
    "withdraw_override",
    "roll_back",
)
"""Buttons that move nothing without a pass, a second person, or a version that was production before."""
SENT: Final = ("label", "version", "version_id", "kind", "why", "verdict", "labels", "production", "number")


@pytest.fixture
def world(db: None, settings: LazySettings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "listings.mail.OutboxBackend"
    return make_world()


@pytest.fixture
def candidate(world: World) -> PromptVersion:
    return make_candidate()


def forged(candidate: PromptVersion, kind: str = MoveKind.GATE) -> dict[str, Any]:
    """Everything that a form, an action or a button could want, to let production stand on the candidate."""
    people = Seller.objects.filter(is_staff=True).order_by("pk").values_list("pk", flat=True)
    verdict = Verdict.objects.values_list("pk", flat=True)[0]
    return {
        "label": PRODUCTION,
        "version": candidate.pk,
        "version_id": candidate.pk,
        "kind": kind,
        "why": "Because.",
        "who": people[0],
        "and_who": people[1],
        "verdict": f'{{"id": {verdict}, "status": "pass"}}',
        "status": "pass",
        "wish": OverrideWish.objects.values_list("pk", flat=True)[0],
        "moved_at_0": "2026-01-01",
        "moved_at_1": "00:00",
        "index": "0",
        "action": "delete_selected",
        ACTION_CHECKBOX_NAME: [*LabelMove.objects.values_list("pk", flat=True)],
        "post": "yes",
        "_save": "Save",
    }


def post(client: Client, address: str, data: dict[str, Any]) -> tuple[int, str]:
    """The status, and where it leads; what the post changed is undone, but for a look at the label before."""
    asking = Client()
    asking.cookies = deepcopy(client.cookies)
    before = label_version(PRODUCTION), LabelMove.objects.count()
    savepoint = transaction.savepoint()
    response: Any = asking.post(address, data)
    b"".join(response)  # a file is sent, and closed
    after = label_version(PRODUCTION), LabelMove.objects.count()
    transaction.savepoint_rollback(savepoint)
    assert after == before, address
    return response.status_code, response.headers.get("Location", "")


def test_no_address_of_the_admin_moves_the_label(world: World, candidate: PromptVersion) -> None:
    asked = 0
    for pattern in ADMIN:
        if pattern.name == "admin:login":
            continue
        address = world.address(pattern, "posted")
        for kind in MoveKind.values if "labelmove" in pattern.name else [MoveKind.GATE]:
            status, leads_to = post(world.clients["administrator"], address, forged(candidate, kind))
            asked += 1
            assert status in {200, 302, 403, 404, 405}, address
            assert "/login/" not in leads_to, address
    assert asked > len(ADMIN)


def test_the_label_s_own_pages_refuse_by_rule(world: World, candidate: PromptVersion) -> None:
    move = LabelMove.objects.filter(label=PRODUCTION).get()
    name = "admin:aiprefill_labelmove"
    for view, args in (("add", []), ("change", [move.pk]), ("delete", [move.pk])):
        address = reverse(f"{name}_{view}", args=args)
        assert post(world.clients["administrator"], address, forged(candidate))[0] == 403


def test_no_button_promotes_without_a_pass(world: World, candidate: PromptVersion) -> None:
    for name in OF_A_VERSION:
        address = reverse(f"admin:evals_{name}", args=[candidate.pk])
        assert post(world.clients["administrator"], address, forged(candidate))[0] in {302, 404}
        assert post(world.clients["annotator"], address, forged(candidate))[0] == 403
    floor = OverrideWish.objects.get().version_id
    confirm = reverse("admin:evals_confirm_override", args=[floor])
    assert post(world.clients["administrator"], confirm, forged(candidate))[0] == 302  # their own wish
    second = Client()
    second.force_login(Seller.objects.create_superuser("second@example.org"))
    with pytest.raises(AssertionError, match="confirm-override"):  # so a move would be seen
        post(second, confirm, forged(candidate))


def operations() -> list[tuple[str, str, list[str]]]:
    """(method, path, the fields that it cannot do without) of everything that the API describes."""
    found = []
    for path, methods in api.get_openapi_schema(path_prefix="/api/")["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {})
            required = [name for each in content.values() for name in each["schema"]["required"]]
            found.append((method, path, required))
    return found


def right(names: list[str]) -> dict[str, Any]:
    """A right value for each."""
    image = SimpleUploadedFile("a.jpg", jpeg(1, (120, 100)), "image/jpeg")
    values = {"title": "Lamp", "price": "5", "category": "Other", "image": image}
    return {name: values[name] for name in names}


@pytest.mark.parametrize("who", ["session", "token"])
def test_no_operation_of_the_api_takes_a_label(world: World, candidate: PromptVersion, who: str) -> None:
    administrator = Seller.objects.get(email="administrator@example.org")
    client, headers = world.clients["administrator"], dict[str, str]()
    if who == "token":
        client, headers = Client(), {"Authorization": f"Bearer {tokens.issue(administrator, 'test')}"}
    told = {"labels": PRODUCTION, "production": candidate.pk, "number": candidate.pk} | forged(candidate)
    sent = {name: str(told[name]) for name in SENT}
    assert len(operations()) >= 5
    for method, path, required in operations():
        address = path.replace("{id}", str(world.api_job.pk))
        response: Any = getattr(client, method)(address, sent | right(required), headers=headers)
        assert (response.status_code, {*response.json()["fields"]}) == (422, set(SENT)), (method, path)
        if method == "post":
            in_query = f"{address}?{urlencode(sent)}"
            response = client.post(in_query, right(required), headers=headers)
            assert (response.status_code, {*response.json()["fields"]}) == (422, set(SENT)), in_query
            response = client.post(address, sent, content_type="application/json", headers=headers)
            assert response.status_code == 422
    moves = LabelMove.objects.filter(label=PRODUCTION)
    assert (moves.count(), label_version(PRODUCTION).pk) == (1, 1)
