"""Versioned rules with their legal basis."""
