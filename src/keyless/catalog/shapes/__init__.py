"""What kind of thing a stored value is, told from its shape, in time that grows with its length alone."""
