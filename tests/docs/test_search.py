"""What people look for in the documentation is what its own search finds first: ``make docs``."""

from __future__ import annotations

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, urlsplit

import pytest

from tests.browser.conftest import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

__all__ = ["browser"]

pytestmark = pytest.mark.once

if "DOCS_SITE" not in os.environ:
    pytest.skip("for `make docs`, which builds the site", allow_module_level=True)

# In the words of somebody who hasn't read a page of it: what is typed, and the page of the answer.
QUESTIONS = """
getting started                 tutorial
install                         tutorial
existing project                how-to/existing-project
which model                     how-to/existing-project
uuid primary key                how-to/existing-project
share buttons                   how-to/buttons
csp                             how-to/buttons
content security policy         how-to/buttons
turbo htmx                      reference/javascript
react                           how-to/front-ends
mobile app                      how-to/front-ends
share link                      how-to/share-links
qr code                         how-to/share-links
utm                             how-to/share-links
conversion                      how-to/share-links
a/b test                        how-to/placements
cors                            how-to/cors
subdomain                       how-to/cors
wagtail                         how-to/wagtail
django cms                      how-to/cms
customise                       how-to/customising
override template               how-to/customising
add a platform                  how-to/customising/buttons
testing                         how-to/testing
pytest                          how-to/testing
rest framework                  how-to/rest-framework
drf versioning                  how-to/rest-framework
openapi                         how-to/openapi
swagger                         how-to/openapi
mypy                            how-to/typing
type hints                      how-to/typing
async                           how-to/async
tenants                         how-to/tenants
several databases               how-to/tenants
replica                         how-to/several-machines
unfold                          how-to/admin-themes
dark mode                       how-to/admin-themes
import history                  how-to/importing
csv export                      how-to/export
docker compose                  how-to/deploying
systemd                         how-to/deploying
celery                          how-to/dispatchers
redis                           how-to/dispatchers
journal                         how-to/dispatchers
lost shares                     how-to/dispatchers
gunicorn                        how-to/servers
limits                          how-to/limits
rate limit                      how-to/limits
429                             how-to/limits
bots                            how-to/gates
health check                    how-to/operating
monitoring                      how-to/operating
cron                            how-to/maintenance
retention                       how-to/maintenance
delete a user                   how-to/privacy-requests
gdpr erase                      how-to/privacy-requests
time zone                       how-to/time-zones
upgrade                         how-to/upgrading
not working                     how-to/troubleshooting
translation                     how-to/translating
settings list                   reference/settings
template tags                   reference/template-tags
platforms                       reference/platforms
management commands             reference/commands
signals                         reference/signals
system checks                   reference/checks
javascript events               reference/javascript
privacy gdpr                    reference/privacy
cookies                         reference/privacy
what is counted                 understanding/what-is-counted
k-factor                        understanding/virality
virality                        understanding/virality
security                        understanding/security
alternatives                    understanding/comparison
deprecation                     understanding/versions
supported django versions       understanding/versions
performance                     understanding/benchmarks
limitations                     understanding/not-designed-for
contributing                    contributing
changelog                       changelog
"""
ANSWERS = [tuple(line.rsplit(maxsplit=1)) for line in QUESTIONS.strip().splitlines()]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the site is that ``make docs`` has built."""
    handler = partial(Quiet, directory=os.environ["DOCS_SITE"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(("question", "answer"), ANSWERS)
def test_first_of_all__is_the_page_of_the_answer(
    question: str, answer: str, page: Page, address: str
) -> None:
    page.goto(f"{address}/search.html?q={quote_plus(question)}")
    first = page.locator("ul.search > li a, p:has-text('did not match')").first
    path = urlsplit(first.get_attribute("href") or "nothing").path
    assert path.removesuffix(".html") == answer


def test_page_of_every_answer__is_there() -> None:
    answers = {answer for _, answer in ANSWERS}
    assert {page for page in answers if not os.path.exists(f"docs/{page}.md")} == set()
