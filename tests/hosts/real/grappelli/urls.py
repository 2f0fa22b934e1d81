from __future__ import annotations

from django.urls import include, path

from tests.hosts.real.urls import urlpatterns as of_every_project

urlpatterns = [path("grappelli/", include("grappelli.urls")), *of_every_project]
