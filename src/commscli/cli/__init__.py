"""The words of the user become workflow calls; the only place with exit codes."""
