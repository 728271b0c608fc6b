"""The manual: why every state and field is there, chapters from the flow tables, tours."""
