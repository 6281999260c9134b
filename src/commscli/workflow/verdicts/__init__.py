"""What gate holders say of a message: reviews, approvals, what is taken back."""
