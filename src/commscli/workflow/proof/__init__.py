"""Proving it: the check, and evidence for a stranger."""
