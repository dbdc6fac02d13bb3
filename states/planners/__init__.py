"""Planners: for each kind of duty, from facts and pack to the days on which it is owed."""
