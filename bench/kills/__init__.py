"""A vault's writer killed at random: no acknowledged write lost, none half there, no secret in any file."""
