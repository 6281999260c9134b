"""What alerting tools send, read as data: JSON in, texts with their places out, nothing run."""
