"""Checks of what a project wrote into ``OPTIONS``, for the ``__post_init__`` of any options.

All raise ``ValueError`` for the first of the named options that makes no sense.
"""

from __future__ import annotations


def check_names(options: object, *names: str) -> None:
    for name in names:
        value = getattr(options, name)
        if not isinstance(value, str) or not value:
            raise ValueError(f"{name} must be a name.")


def check_counts(options: object, *names: str) -> None:
    for name in names:
        value = getattr(options, name)
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be a whole number, 1 or more.")


def check_seconds(options: object, *names: str) -> None:
    for name in names:
        value = getattr(options, name)
        if not isinstance(value, int | float) or value < 0:
            raise ValueError(f"{name} must be a number of seconds, 0 or more.")


def check_seconds_above_0(options: object, *names: str) -> None:
    for name in names:
        value = getattr(options, name)
        if not isinstance(value, int | float) or value <= 0:
            raise ValueError(f"{name} must be a number of seconds above 0.")
