"""What stands of what was found: thresholds, what is allowed and why, what was known before."""
