"""May this be sent, and was it rightly sent? Pure decision over values that the ledger read."""
