"""After an incident: how it went in numbers, the report on it, and what is still open."""
