"""Accounts, roles, delegation and server-side sessions."""
