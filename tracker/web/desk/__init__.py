"""The pages that every workflow gets from its table; a workflow imports these names."""

from tracker.web.desk.blueprint import desk_blueprint, show
from tracker.web.desk.shape import Cell, Column, Desk

__all__ = ["Cell", "Column", "Desk", "desk_blueprint", "show"]
