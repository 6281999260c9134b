"""Whose turn it is, and that they hear of it: once, when it becomes theirs."""
