"""Templates and facts become drafts; playbooks are data."""
