"""Evidence: every decision counted while it happens, written behind, and read back for plans."""
