"""A message in the making: drafted, revised, shown."""
