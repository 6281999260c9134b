"""What leaves the house: plan, ledger of the send, one channel a file."""
