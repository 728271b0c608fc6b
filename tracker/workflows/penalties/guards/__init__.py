"""What must hold before a step of a penalty case: each answers with a sentence, or None."""
