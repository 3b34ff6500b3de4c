"""From what the file says to what it means: names to ids, sources to values, references to targets."""
