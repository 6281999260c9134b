"""The documents of a comms repository, one model for each."""
