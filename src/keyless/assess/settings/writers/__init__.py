"""What writes settings: one module for each kind of file."""
