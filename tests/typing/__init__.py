"""A project that type-checks its use of the package: ``make types``."""
