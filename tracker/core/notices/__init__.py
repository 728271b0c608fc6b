"""The outbox and the in-app inbox."""
