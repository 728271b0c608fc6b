"""A workbook as an answer."""

from __future__ import annotations

from flask import Response

from tracker.core.files.names import download_headers

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_answer(data: bytes, name: str) -> Response:
    """The bytes of a workbook, to be saved under a name (without its ending)."""
    return Response(data, mimetype=_XLSX, headers=download_headers(f"{name}.xlsx", _XLSX))
