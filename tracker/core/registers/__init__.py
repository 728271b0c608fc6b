"""Regions, organisations, respondent units and enforcement officers."""
