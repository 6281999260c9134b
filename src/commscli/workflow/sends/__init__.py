"""Distributing what was released, and recording that."""
