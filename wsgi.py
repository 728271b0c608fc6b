"""What a WSGI server loads: `gunicorn wsgi:app`."""

from tracker.app import serving_app

app = serving_app()
