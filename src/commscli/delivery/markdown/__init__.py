"""A message's text, which people write as Markdown, in the form that each channel shows."""
