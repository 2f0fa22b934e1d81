"""The example project's urls but for those of share links."""

from __future__ import annotations

from example_project.urls import urlpatterns as with_links

urlpatterns = [each for each in with_links if getattr(each, "app_name", "") != "share_links"]
