"""Filings of staff changes: consent or report, level by level, handover, the training gate."""
