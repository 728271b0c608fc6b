"""Workbooks: reading what offices send, writing what they can open."""
