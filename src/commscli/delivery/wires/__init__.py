"""The wires: how bytes leave this machine, whatever they say. Refused in doubt."""
