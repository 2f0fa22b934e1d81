from __future__ import annotations

from django.db import models


class Simulation(models.Model):
    """Up to which instant sharing has been simulated: the one row is written when all is done.

    The next start reads it to know whether there is something left to do.
    """

    until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M}"
