"""The shapes of requests and answers. Hosts may subclass them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from django_share_analytics.api.contract import NON_FIELD_ERRORS, InstantField, ISODateField
from django_share_analytics.api.parameters import printable
from django_share_analytics.conf import get_app_model, get_settings, reporting_zone
from django_share_analytics.events import MAX_SESSION_LENGTH, NO_IDS, utc_now
from django_share_analytics.exceptions import InvalidShare
from django_share_analytics.host.names import name_of_app
from django_share_analytics.keys import parse_app_key
from django_share_analytics.links.accepting import share_named
from django_share_analytics.models import Share
from django_share_analytics.periods import local_day
from django_share_analytics.sql.lookups import first_of
from django_share_analytics.stats.known_platforms import known_platform
from django_share_analytics.stats.period import MAX_DAYS, Flaw, find_flaw

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, tzinfo
    from uuid import UUID

    from django.http import QueryDict

    from django_share_analytics.stats import Comparison, ShareCount, ShareStats

CSRF_FIELD = "csrfmiddlewaretoken"
"""Comes along with forms that Django renders, and is nobody's mistake."""
FLAW_ANSWERS = {
    Flaw.IN_THE_FUTURE: ("to", _("to is in the future.")),
    Flaw.REVERSED: ("to", _("to is before from.")),
    Flaw.TOO_LONG: ("to", _("At most 365 days at a time.")),
    Flaw.TOO_EARLY: ("from", _("from is before 1970.")),
}
"""Beside which parameter each is said, and how."""
ONCE = "Minted by the client: where visitors are not known, a retry counts once."
MAX_RANKED = 100
MAX_COUNTED = 100


class AppKeyField(serializers.Field[Any, Any, Any, Any]):
    """A primary key of the shared model, in its own type."""

    default_error_messages = {"invalid": _("This is not the id of an app.")}

    def to_internal_value(self, data: Any) -> Any:
        try:
            return parse_app_key(data)
        except InvalidShare:
            self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        return json_key(value)


class PlatformField(serializers.CharField):
    """A platform of the setting ``PLATFORMS``, by name or alias; becomes the name."""

    default_error_messages = {"unknown": _("Unknown platform. Allowed: {allowed}.")}

    def to_internal_value(self, data: Any) -> str:
        registry = get_settings().platforms
        platform = registry.find(super().to_internal_value(data))
        if platform is None:
            self.fail("unknown", allowed=", ".join(registry.names))
        return platform.name


class CountedPlatformField(PlatformField):
    """The same, or a platform that there are counts of: the setting may have had it once."""

    def to_internal_value(self, data: Any) -> str:
        name = known_platform(serializers.CharField.to_internal_value(self, data))
        return super().to_internal_value(data) if name is None else name


class StrictUUIDField(serializers.UUIDField):
    """A UUID as text that says which one it is. DRF's own field takes any number for one."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        value: UUID = super().to_internal_value(data)
        if value in NO_IDS:
            self.fail("invalid", value=data)
        return value


class NameField(serializers.CharField):
    """A name of those that a setting has."""

    default_error_messages = {"unknown": _("Unknown name. Allowed: {allowed}.")}

    def allowed(self) -> Iterable[str]:
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> str:
        name, allowed = super().to_internal_value(data), self.allowed()
        if name not in allowed:
            self.fail("unknown", allowed=", ".join(allowed) or "-")
        return name


class PlacementField(NameField):
    """A placement of the setting ``PLACEMENTS``."""

    default_error_messages = {"unknown": _("Unknown placement. Allowed: {allowed}.")}

    def allowed(self) -> Iterable[str]:
        return get_settings().placements


class PlacementsField(serializers.ListField):
    """Placements, at least one. Those that the setting has no longer are left out: the page may be
    older, and says right things of the others."""

    child = PlacementField()

    def run_child_validation(self, data: list[Any]) -> list[str]:
        names = get_settings().placements
        # Of thousands that are none, one is complained of: the answer would be ten times the body.
        some = [x for x in data if x in names] or data[:1]
        known: list[str] = super().run_child_validation(some)
        return known


class SampleField(serializers.IntegerField):
    """The setting ``IMPRESSION_SAMPLE``, as the page knew it that drew lots by it."""

    default_error_messages = {
        "another": serializers.ChoiceField.default_error_messages["invalid_choice"]
    }

    def to_internal_value(self, data: Any) -> int:
        sample = super().to_internal_value(data)
        if sample != get_settings().impression_sample:
            self.fail("another", input=sample)
        return sample


class GoalField(NameField):
    """A goal of the setting ``GOALS`` of which a script may say that it was reached."""

    default_error_messages = {"unknown": _("Unknown goal. Allowed: {allowed}.")}

    def allowed(self) -> Iterable[str]:
        return [name for name, may_be_sent in get_settings().goals.items() if may_be_sent]


class ViaField(serializers.Field[Any, Any, Any, Any]):
    """A share by its code or its id. Anything else names none: a link that somebody has mangled is
    no reason to refuse the share of who came by it."""

    def to_internal_value(self, data: Any) -> UUID | None:
        return share_named(data)


class ClosedSerializer(serializers.Serializer[Any]):
    """A body that has none but these fields."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            message = self.error_messages["invalid"].format(datatype=type(data).__name__)
            raise serializers.ValidationError({NON_FIELD_ERRORS: [message]})
        if isinstance(data, dict):
            unknown = data.keys() - self.fields.keys() - {CSRF_FIELD}
            if unknown:
                raise serializers.ValidationError(
                    {printable(name): [_("Unknown field.")] for name in sorted(unknown)}
                )
        return super().to_internal_value(data)


class TrackShareSerializer(ClosedSerializer):
    """The body of `POST shares`."""

    appId = AppKeyField(help_text="The key of what was shared.")
    platform = PlatformField(
        max_length=50, help_text="Where to: a name of these, or an alias of one, in any case."
    )
    sessionId = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=MAX_SESSION_LENGTH,
        help_text="Whatever groups the shares of one visit; not Django's session key.",
    )
    id = StrictUUIDField(
        required=False,
        allow_null=True,
        help_text="The identity of the share: minted by the client, a retry counts once.",
    )
    via = ViaField(
        required=False,
        allow_null=True,
        help_text="The share that led the visitor here: its id, or the code of its link."
        " Anything else names none, and the share is taken all the same.",
    )
    placement = PlacementField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Which of a page's buttons it was: a name of the setting `PLACEMENTS`.",
    )


class VisitSerializer(ClosedSerializer):
    """The body of `POST shares/{code}/visits`."""

    appId = AppKeyField(help_text="The key of the app whose page it is.")
    id = StrictUUIDField(required=False, allow_null=True, help_text=ONCE)


class ConversionSerializer(ClosedSerializer):
    """The body of `POST shares/{code}/conversions`."""

    goal = GoalField(help_text="A goal of the setting `GOALS` that a script may send.")
    appId = AppKeyField(
        required=False, allow_null=True, help_text="The key of the app that was shared."
    )
    id = StrictUUIDField(required=False, allow_null=True, help_text=ONCE)


class ImpressionSerializer(ClosedSerializer):
    """The body of `POST shares/impressions`."""

    placements = PlacementsField(
        allow_empty=False,
        help_text="Those that came into sight, at least one of them of the setting `PLACEMENTS`."
        " Others are left out.",
    )
    id = StrictUUIDField(
        required=False,
        allow_null=True,
        help_text="Minted by the client, a retry within six days counts once.",
    )
    sample = SampleField(
        required=False,
        allow_null=True,
        min_value=1,
        help_text="The setting `IMPRESSION_SAMPLE`, as the page knew it that drew lots by it.",
    )


class ShareSerializer(serializers.ModelSerializer[Share]):
    """One share in the list of `GET admin/shares`."""

    appId = AppKeyField(source="app_id")
    appName = serializers.SerializerMethodField()
    userId = serializers.SerializerMethodField()
    sessionId = serializers.CharField(source="session_id")
    timestamp = InstantField(help_text="When it was accepted, on the clock of the reporting zone.")
    userAgent = serializers.CharField(source="user_agent")
    referrerUrl = serializers.CharField(source="referrer_url", allow_null=True)

    class Meta:
        model = Share
        fields: tuple[str, ...] = (
            "id",
            "appId",
            "appName",
            "platform",
            "userId",
            "sessionId",
            "timestamp",
            "userAgent",
            "referrerUrl",
            "placement",
        )
        read_only_fields = fields

    def get_appName(self, share: Share) -> str:  # noqa: N802 - the name in JSON
        return name_of_app(share)

    def get_userId(self, share: Share) -> Any:  # noqa: N802 - the name in JSON
        return json_key(share.user_id)


class StatsQuerySerializer(serializers.Serializer[Any]):
    """The parameters of `GET admin/shares/stats`."""

    days = serializers.IntegerField(
        min_value=1,
        max_value=MAX_DAYS,
        required=False,
        help_text="So many days with today; 30 without it.",
    )
    to = ISODateField(required=False, help_text="The last day, included; comes with `from`.")
    platform = CountedPlatformField(
        required=False, help_text="One platform alone, by name or alias, in any case."
    )
    app = AppKeyField(required=False, help_text="One app alone, by its key.")
    limit = serializers.IntegerField(
        min_value=1,
        max_value=MAX_RANKED,
        required=False,
        help_text="Entries of `mostSharedApps` and `risingApps`; 10 without it.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        says = "The first day, instead of `days`: at most 365 of them, from 1970 on, up to today."
        return {**super().get_fields(), "from": ISODateField(required=False, help_text=says)}

    def validate_app(self, key: Any) -> Any:
        found = get_app_model()._base_manager.filter(pk=key).values_list("pk")
        if first_of(found) is None:
            raise serializers.ValidationError(_("There is no such app."))
        return key

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs.pop("from", None), attrs.pop("to", None)
        if start is None and end is None:
            return attrs
        if "days" in attrs:
            raise serializers.ValidationError(
                {"days": _("Give either days, or from and to, not both.")}
            )
        _check_range(start, end)
        return {**attrs, "start": start, "end": end}


def _check_range(start: date | None, end: date | None) -> None:
    if start is None or end is None:
        missing = "from" if start is None else "to"
        raise serializers.ValidationError({missing: _("from and to come together.")})
    if flaw := find_flaw(start, end, today=local_day(utc_now(), reporting_zone())):
        field, says = FLAW_ANSWERS[flaw]
        raise serializers.ValidationError({field: says})


def asked_app_keys(parameters: QueryDict) -> list[Any]:
    """The keys that ``GET apps/share-counts`` asks for: ``ids`` separated by commas, ``id`` as is.

    What can be no key is left out, as no app has it.

    :raises ValidationError: there are none, or too many.
    """
    listed = [part for ids in parameters.getlist("ids") for part in ids.split(",")]
    asked = [text for text in (*listed, *parameters.getlist("id")) if text]
    if not asked:
        raise serializers.ValidationError({"ids": [_("Give the ids of apps.")]})
    if len(asked) > MAX_COUNTED:
        too_many = _("At most %(max)d ids at a time.") % {"max": MAX_COUNTED}
        raise serializers.ValidationError({"ids": [too_many]})
    keys = []
    for text in asked:
        with suppress(InvalidShare):
            keys.append(parse_app_key(text))
    return keys


def count_document(count: ShareCount) -> dict[str, Any]:
    """The answer of ``GET apps/{id}/share-count``."""
    return {
        "appId": json_key(count.app_id),
        "totalShares": count.total,
        "byPlatform": count.by_platform,
    }


def json_key(key: Any) -> Any:
    """A key as JSON has it: numbers stay numbers, everything else is text."""
    return key if key is None or isinstance(key, int) else str(key)


def stats_document(stats: ShareStats) -> dict[str, Any]:
    """The answer of ``GET admin/shares/stats``."""
    period, zone = stats.period, stats.period.zone
    return {
        "period": stats.question.label,
        "days": period.days,
        "from": period.start,
        "to": period.end,
        "timeZone": period.time_zone,
        "totalShares": stats.total,
        "previous": _comparison(stats.previous, zone) if stats.previous else None,
        "totals": {f"last{days}Days": n for days, n in stats.totals.items()},
        "mostSharedApps": [
            {"appId": json_key(rank.app_id), "appName": rank.app_name, "shareCount": rank.count}
            for rank in stats.most_shared_apps
        ],
        "risingApps": [
            {
                "appId": json_key(app.app_id),
                "appName": app.app_name,
                "shareCount": app.count,
                "previousCount": app.previous_count,
                "change": _fraction(app.change),
            }
            for app in stats.rising_apps
        ],
        "platformStats": stats.platforms,
        "dailyShares": [{"date": day.date, "count": day.count} for day in stats.daily],
        "hourlyShares": stats.hourly
        and [{"hour": hour.hour.astimezone(zone), "count": hour.count} for hour in stats.hourly],
        **({} if stats.reach is None else {"reach": asdict(stats.reach)}),
    }


def _comparison(previous: Comparison, zone: tzinfo) -> dict[str, Any]:
    return {
        "totalShares": previous.total,
        "change": _fraction(previous.change),
        "from": previous.start,
        "to": previous.end,
        "comparedTotal": previous.compared_total,
        "comparedFrom": previous.compared_from.astimezone(zone),
        "comparedUntil": previous.compared_until.astimezone(zone),
    }


def _fraction(change: float | None) -> float | None:
    return None if change is None else round(change, 4)
