"""What the Business Lead does: declare, record facts, look where everything stands."""
