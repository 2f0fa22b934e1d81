"""The store's pages, tested the way any host tests its own: with Django's test runner."""

from __future__ import annotations

from django.test import TestCase
from django.urls import reverse

from django_share_analytics.events import ShareEvent
from django_share_analytics.writing.writer import write_shares

from .models import App


class PagesTest(TestCase):
    def setUp(self) -> None:
        self.popular, self.other, self.new = (
            App.objects.create(name_en=name, name_ar=arabic, slug=name.lower())
            for name, arabic in [("Zaman", "زمان"), ("Barq", "برق"), ("Adab", "أدب")]
        )
        write_shares(
            [
                *(ShareEvent(self.popular.pk, "whatsapp") for _ in range(3)),
                *(ShareEvent(self.popular.pk, "googleplus") for _ in range(2)),
                ShareEvent(self.other.pk, "sms"),
            ]
        )

    def test_list__most_shared_first_in_two_queries(self) -> None:
        with self.assertNumQueries(2):
            page = self.client.get(reverse("catalog:apps")).context["page"]
        assert [(app, app.shares) for app in page] == [
            (self.popular, 5),
            (self.other, 1),
            (self.new, 0),
        ]

    def test_list__no_apps(self) -> None:
        App.objects.all().delete()
        self.assertContains(self.client.get("/"), "There are no apps yet.")

    def test_app__counts_by_platform(self) -> None:
        response = self.client.get(self.popular.get_absolute_url())
        assert response.context["bars"] == [
            {"platform": "whatsapp", "label": "WhatsApp", "length": "100.0%"},
            {"platform": "googleplus", "label": "Google+", "length": "66.7%"},
        ]
        self.assertContains(response, 'data-share-platform="whatsapp"')

    def test_app__each_share_has_a_link_and_says_where_it_was_made(self) -> None:
        response = self.client.get(self.popular.get_absolute_url())
        for placement in ("top", "end"):
            self.assertContains(response, f'data-share-placement="{placement}"', count=1)
        self.assertContains(response, f"/s/{{code}}/{self.popular.pk}")
        self.assertContains(response, 'data-goal="get"')

    def test_app__never_shared(self) -> None:
        self.assertContains(self.client.get(self.new.get_absolute_url()), "Be the first.")

    def test_app__in_arabic(self) -> None:
        response = self.client.get(
            self.popular.get_absolute_url(), headers={"accept-language": "ar"}
        )
        self.assertContains(response, '<html lang="ar" dir="rtl">')
        self.assertContains(response, "<title>زمان · الرفّ</title>")
        self.assertContains(response, 'width="66.7%"')

    def test_app__unknown(self) -> None:
        assert self.client.get("/apps/unknown/").status_code == 404

    def test_names(self) -> None:
        assert self.client.get("/api/apps").json()[0] == {
            "id": str(self.new.pk),
            "nameEn": "Adab",
            "nameAr": "أدب",
        }

    def test_names__beside_the_package(self) -> None:
        response = self.client.get(f"/api/apps/{self.popular.pk}/share-count")
        assert response.json()["totalShares"] == 5
