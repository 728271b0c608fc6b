"""One inspection task of one respondent unit, from the order to the published result (3.1)."""
