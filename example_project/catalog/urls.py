from __future__ import annotations

from django.urls import path

from . import views

app_name = "catalog"
urlpatterns = [
    path("", views.app_list, name="apps"),
    path("apps/<slug:slug>/", views.app_page, name="app"),
]
