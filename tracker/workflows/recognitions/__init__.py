"""Recognition of seriously dishonest enterprises: decided, pushed, displayed, repaired, removed."""
