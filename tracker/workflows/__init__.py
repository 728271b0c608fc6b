"""One folder a workflow; strangers to each other."""
