"""What a host may name in ``PUBLIC_APPS``, well done and badly."""

from __future__ import annotations

from django.contrib.auth import get_user_model


def named_public(apps):
    return apps.filter(name__startswith="Public")


def as_given(apps):
    return apps


def of_users(apps):
    return get_user_model().objects.all()


def a_list(apps):
    return list(apps.none())


def a_slice(apps):
    return apps[:5]


def a_union(apps):
    return apps.filter(pk=None).union(apps.all())


def values(apps):
    return apps.values("pk")


def pairs(apps):
    return apps.values_list("pk", "name")


def raising(apps):
    raise ZeroDivisionError("oops")


def unanswerable(apps):
    return apps.extra(where=["no_such_column = 1"])


not_a_function = 7
