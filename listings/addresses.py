"""What one IP address may do in a day signed out: who drops the cookie is a new unit at the same address.

Counted in PostgreSQL under a hash with this site's key: no address is stored, and the counts of past days go.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from listings.models import AddressCount
from listings.rules import Refused

UNKNOWN: Final = "unknown"
"""Where no address is told, as on a socket: all of these count as one."""

COUNT: Final = """
INSERT INTO listings_addresscount AS used (key, day, count)
VALUES (%(key)s, (statement_timestamp() AT TIME ZONE 'UTC')::date, 1)
ON CONFLICT (key) DO UPDATE
SET count = CASE used.day WHEN excluded.day THEN used.count + 1 ELSE 1 END, day = excluded.day
WHERE used.day <> excluded.day OR used.count < %(most)s
RETURNING count
"""


class TooMuch(Refused):
    """The day's share of an address is used up."""

    def __init__(self) -> None:
        self.wait = until_midnight()
        super().__init__(
            _("This was done very often from your internet connection today. Sign in, and you can go on.")
        )


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as far as it is one's own: an IPv4 address, or the /64 of an IPv6 one.

    What a client says of itself is not believed: allauth tells the address for its own limits too, by
    `ALLAUTH_TRUSTED_PROXY_COUNT`.
    """
    try:
        told: IPv4Address | IPv6Address = ip_address(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return UNKNOWN
    if isinstance(told, IPv4Address):
        return str(told)
    return str(told.ipv4_mapped or ip_network((int(told), 64), strict=False))


def may(act: str, address: str, most: int) -> bool:
    """Count an act of this address; False, and not counted, when it was done `most` times in the UTC day."""
    key = salted_hmac("listings.addresses", f"{act} {address}", algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key, "most": most})
        return cursor.fetchone() is not None


def of_stranger(request: HttpRequest) -> str:
    """The address of somebody signed out; "" for whoever is signed in, who is not counted."""
    return "" if request.user.is_authenticated else address_of(request)


def check(act: str, address: str) -> None:
    """Count an act of this address; "" is none. Raises TooMuch."""
    if address and not may(act, address, settings.ANONYMOUS_ACTS_A_DAY):
        raise TooMuch


def until_midnight() -> timedelta:
    """How long the UTC day still lasts: then all counts begin anew."""
    now = datetime.now(UTC)
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now


def forget_past(now: datetime) -> None:
    """Remove the counts of the days before."""
    AddressCount.objects.filter(day__lt=now.astimezone(UTC).date()).delete()
