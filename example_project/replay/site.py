"""What the running site says it has counted: the admin's totals, and the public counts of apps."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

POLL_SECONDS = 0.5
CACHE_SECONDS = 600
"""The oldest that a share count is served."""
CONNECTIONS = 8


class SiteProblem(Exception):  # noqa: N818 - names a thing, not an error
    """The site can't be asked."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A number of shares, in all and by platform, as served."""

    total: int
    by_platform: Counter[str]
    age: int = 0
    """How many seconds ago it was counted."""

    @classmethod
    def of(cls, by_platform: Counter[str]) -> Shares:
        return cls(by_platform.total(), by_platform)

    def __sub__(self, other: Shares) -> Shares:
        """What was added since ``other``."""
        by_platform = Counter(self.by_platform)
        by_platform.subtract(other.by_platform)
        return Shares(self.total - other.total, by_platform)


class Site:
    """A running example project, seen by its administrator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(
            base_url=url, timeout=30, limits=httpx.Limits(max_connections=CONNECTIONS)
        )
        self._zone: ZoneInfo | None = None
        self._first_day = date.min

    def close(self) -> None:
        self._client.close()

    def log_in(self, username: str, password: str) -> None:
        """Through the form of the admin, as people do."""
        form = "/admin/login/"
        self._get(form)
        answer = self._client.post(
            form,
            data={
                "username": username,
                "password": password,
                "csrfmiddlewaretoken": self._client.cookies.get("csrftoken", ""),
            },
            headers={"Referer": f"{self.url}{form}"},
        )
        if answer.is_error or "sessionid" not in self._client.cookies:
            raise SiteProblem(f"{self.url}{form} does not let {username!r} in.")

    def check_has(self, app_ids: Iterable[UUID]) -> None:
        """Make sure that the site reads the database in which this command has made the apps."""
        served = {app["id"] for app in self._get("/api/apps")}
        if not served.issuperset(map(str, app_ids)):
            raise SiteProblem(
                f"{self.url} does not have the apps that were just made: does it run with the same "
                "DATABASE_URL as this command?"
            )

    def totals(self) -> Shares:
        """The shares of the whole site, from the day of the first call on."""
        days = (datetime.now(self._zone).date() - self._first_day).days + 1 if self._zone else 1
        stats = self._get("/api/admin/shares/stats", days=days)
        if self._zone is None:
            self._zone = ZoneInfo(stats["timeZone"])
            self._first_day = date.fromisoformat(stats["to"])
        return Shares(stats["totalShares"], Counter(stats["platformStats"]))

    def settled_totals(self, patience: float, awaited: int | None = None) -> Shares:
        """The totals once they are ``awaited``, or have not changed for ``patience`` seconds."""
        totals = self.totals()
        deadline = time.monotonic() + patience
        while totals.total != awaited and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            before, totals = totals, self.totals()
            if totals != before:
                deadline = time.monotonic() + patience
        return totals

    def share_count(self, app_id: UUID) -> Shares:
        """The public count of an app, which may have been counted a while ago."""
        answer = self._request(f"/api/apps/{app_id}/share-count")
        count = answer.json()
        left = re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])
        age = CACHE_SECONDS - int(left[1]) if left else 0
        return Shares(count["totalShares"], Counter(count["byPlatform"]), age)

    def _get(self, path: str, **params: Any) -> Any:
        answer = self._request(path, **params)
        return answer.json() if "json" in answer.headers["Content-Type"] else answer.text

    def _request(self, path: str, **params: Any) -> httpx.Response:
        try:
            answer = self._client.get(path, params=params)
        except httpx.HTTPError as error:
            raise SiteProblem(f"{self.url}{path} does not answer: {error}") from error
        if not answer.is_success:
            raise SiteProblem(f"{self.url}{path} answers {answer.status_code}: {answer.text[:300]}")
        return answer
