"""What is erased with its reader is found by an index, however much mail there is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listings import actions
from listings.models import Seller
from listings.tests.cast import make_listing

MAILS = """
INSERT INTO listings_mail (sender, recipient, subject, body, html, attempts, error)
SELECT 'a@example.org', 'reader' || number || '@example.org', 'Subject', 'Text', '', 0, ''
FROM generate_series(1, 20000) AS number
"""
FROM_MAIL = '(DELETE|SELECT).* FROM "listings_mail"'


def plans(statements: list[str]) -> list[str]:
    """How PostgreSQL finds the mails that these statements delete."""
    with connection.cursor() as cursor:
        # Whether an index can serve, whatever is known of the tables' sizes at this moment.
        cursor.execute("SET LOCAL enable_seqscan = off")
        found = []
        for statement in statements:
            cursor.execute(f"EXPLAIN {statement.replace('%', '%%')}", [])
            found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found


@pytest.mark.django_db
def test_no_deletion_reads_all_mail(seller: Seller) -> None:
    listing = make_listing(seller)
    with connection.cursor() as cursor:
        cursor.execute(MAILS)
        cursor.execute("ANALYZE listings_mail")
    with CaptureQueriesContext(connection) as asked:
        actions.delete(listing)
        actions.erase_account(seller)
    about_mail = [each["sql"] for each in asked if re.match(FROM_MAIL, each["sql"])]
    assert [plan for plan in plans(about_mail) if "Seq Scan on listings_mail" in plan] == []
    by_reader = [statement for statement in about_mail if "recipient" in statement.partition("WHERE")[2]]
    assert [plan for plan in plans(by_reader) if "mail_of_recipient" not in plan] == []
    assert len(by_reader) == 2
