"""What people write to the specialists, and what these do with it."""
