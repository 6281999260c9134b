"""Templates and playbooks in peace time: look at them, try them out, start new ones."""
