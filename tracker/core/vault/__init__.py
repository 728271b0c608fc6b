"""Sealed reporter identities."""
