"""The check where commits and pushes happen."""
