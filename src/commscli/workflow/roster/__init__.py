"""The roster in `trust/`: people, keys, gates, and who signs its next version."""
