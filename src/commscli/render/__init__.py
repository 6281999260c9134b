"""A result becomes text or JSON. Pure, and everything untrusted is escaped here."""
