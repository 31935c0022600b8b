"""The prompt tests against the provider that is configured; `pytest -m live` runs them alone."""

from io import StringIO

import pytest
from django.core.management import call_command


@pytest.mark.live
@pytest.mark.django_db(transaction=True)
def test_production_is_right_where_it_must_be(live_provider: None) -> None:
    call_command("first_prompt")
    call_command("seed_demo_cases")
    said = StringIO()
    try:
        call_command("prompt_test", "--dataset", "demo", stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue())
