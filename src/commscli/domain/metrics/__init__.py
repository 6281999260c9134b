"""How communication went, in numbers: worked out of what people recorded, and of nothing else."""
