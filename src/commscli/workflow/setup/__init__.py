"""Peace time: begin a repository, join it, see that all is in order."""
