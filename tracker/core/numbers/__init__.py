"""Figures over all workflows: counted by the question that also lists their cases."""
