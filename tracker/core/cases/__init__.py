"""The case spine, Flow and Step, and the one door, move()."""
