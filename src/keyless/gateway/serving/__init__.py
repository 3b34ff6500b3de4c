"""Whether a command serves: which sockets it listens on, and whether anybody has come to them."""
