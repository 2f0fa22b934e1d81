from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from benchmarks.alternatives import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("django_share_analytics.urls")),
    path("one-query/<uuid:key>", views.view_with_one_query),
    path("empty-django", views.empty_django_view),
    path("empty-drf", views.EmptyDRFView.as_view()),
    path("create", views.CreateInRequestView.as_view()),
    path("thread", views.ThreadPerRequestView.as_view()),
]
