"""Addresses of imports; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import import_columns, import_preview, import_result, imports

urlpatterns = [
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_upload, name="import_upload"),
    path("imports/<int:batch_id>/", import_result.import_page, name="import"),
    path("imports/<int:batch_id>/columns/", import_columns.import_columns, name="import_columns"),
    path("imports/<int:batch_id>/preview/", import_preview.import_preview, name="import_preview"),
    path("imports/<int:batch_id>/counts/", import_preview.import_counts, name="import_counts"),
    path("imports/<int:batch_id>/start/", import_preview.import_start, name="import_start"),
    path("imports/<int:batch_id>/progress/", import_result.import_progress, name="import_progress"),
    path("imports/<int:batch_id>/cancel/", import_result.import_cancel, name="import_cancel"),
    path("imports/<int:batch_id>/take-back/", import_result.import_take_back, name="import_take_back"),
    path(
        "imports/<int:batch_id>/rejected-back.<slug:format>",
        import_result.import_rejected_back,
        name="import_rejected_back",
    ),
    path(
        "imports/<int:batch_id>/rejected.<slug:format>",
        import_result.import_rejected_download,
        name="import_rejected_download",
    ),
]
