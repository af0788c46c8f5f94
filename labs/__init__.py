"""What a student opens."""
