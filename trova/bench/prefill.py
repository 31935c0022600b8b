"""From a photo to the provider and back: what the site adds to the model's own time.

POST of a large photo to the provider's receipt, against the SDK alone with the finished picture; the
provider's last byte to the filled page in a browser; many jobs at once (`crowd`).
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Final

import httpx2
from django.conf import settings

from aiprefill.attempt import Attempt
from aiprefill.models import JobState, PrefillJob
from aiprefill.providers.openai import connected
from trova.bench import crowd
from trova.bench.browsing import watching
from trova.bench.picture import large_photo
from trova.bench.provider import Provider
from trova.bench.site import free_port, running, service
from trova.bench.tables import head, row_ms, verdict
from trova.demo_supervisor import commands, wait_until_open
from trova.tests.waiting import until

ROUNDS: Final = 9
MOST_TO_RECEIPT: Final = 0.450
MOST_TO_PAGE: Final = 0.6
ANSWER_SECONDS: Final = 1.0
PATIENCE: Final = 60
"""Seconds."""


def run(provider_port: int) -> bool:
    """Print the tables; true if every bound holds."""
    with site(provider_port) as address:
        provider = Provider(provider_port)
        photo = large_photo()
        # One of each before the clock runs: clients, threads and connections are there then.
        job = done(send(address, photo))
        direct(provider, job)
        held = [to_receipt(provider, address, photo, job), to_page(provider, address, photo)]
        held.append(crowd.measure(provider, job))
    return all(held)


@contextmanager
def site(provider_port: int) -> Iterator[str]:
    """The provider, web, worker and ringer, each a process; gives the site's address."""
    server = (sys.executable, "-m", "aiprefill.tests.provider_server", "--port", str(provider_port))
    port = free_port()
    services = [service(name, command) for name, command in commands(port).items()]
    with running(*services, service("provider", server)):
        wait_until_open(port, services)
        yield f"http://localhost:{port}"


def to_receipt(provider: Provider, address: str, photo: bytes, job: PrefillJob) -> bool:
    """Print and judge the way in, the site and the SDK alone in turn."""
    pairs = [(through(provider, address, photo), direct(provider, job)) for _ in range(ROUNDS)]
    more = [site - alone for site, alone in pairs]
    head(f"A photo of 12 megapixels, {len(photo) / 1e6:.1f} MB, until the provider has it; ms")
    row_ms("POST to /sell/", [site for site, _ in pairs])
    row_ms("the SDK alone, with the finished picture", [alone for _, alone in pairs])
    row_ms("more", more)
    return verdict(f"median at most {1000 * MOST_TO_RECEIPT:.0f} ms more", median(more) <= MOST_TO_RECEIPT)


def through(provider: Provider, address: str, photo: bytes) -> float:
    """Seconds from a seller's POST to the provider's receipt."""
    known = len(provider.requests())
    began = send(address, photo)[1]
    return float(provider.answered(known)["at"]) - began


def direct(provider: Provider, job: PrefillJob) -> float:
    """Seconds from calling the SDK with the job's finished picture to the provider's receipt."""
    request = Attempt(job, PATIENCE).request()
    sdk = connected("", settings.OPENAI_BASE_URL)
    known = len(provider.requests())
    began = time.time()
    for _ in sdk.stream(request, deadline=time.monotonic() + PATIENCE):
        pass
    return float(provider.answered(known)["at"]) - began


def to_page(provider: Provider, address: str, photo: bytes) -> bool:
    """Print and judge the way back, to a page that is open while the answer comes."""
    provider.script(events=24, seconds=ANSWER_SECONDS)
    late = []
    with watching(address, photo) as browser:
        for _ in range(ROUNDS):
            known = len(provider.requests())
            filled = browser.sell()
            late.append(filled - provider.answered(known)["sent"][-1][0])
    head("The provider's last byte to the filled page, in a browser; ms")
    row_ms("the last field is filled", late)
    return verdict(f"median at most {1000 * MOST_TO_PAGE:.0f} ms", median(late) <= MOST_TO_PAGE)


def send(address: str, photo: bytes) -> tuple[str, float]:
    """Post the photo as a browser without a past does; the draft's id, and the Unix time of the POST."""
    with httpx2.Client(base_url=address, timeout=PATIENCE) as client:
        page = client.get("/sell/").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))
        form = hidden | {"do": "continue"}
        began = time.time()
        answer = client.post("/sell/", data=form, files={"photos": ("photo.jpg", photo, "image/jpeg")})
    if not answer.is_redirect:
        raise RuntimeError(f"/sell/ answered {answer.status_code}: {answer.text[:500]}")
    return answer.headers["location"].split("/")[-2], began


def done(sent: tuple[str, float]) -> PrefillJob:
    """The job of a draft that was sent, once it is done."""
    jobs = PrefillJob.objects.filter(listing_id=sent[0], state=JobState.DONE)
    until(jobs.exists, PATIENCE)
    return jobs.get()
