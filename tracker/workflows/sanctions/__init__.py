"""Proposals to sanction the persons responsible: from the draft to the results per person."""
