"""What becomes of identities, and of what was left behind, when resources come and go."""
