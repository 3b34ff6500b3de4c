"""Tokens: signing keys, the claims that go in, issuing and verifying. Pure, given keys and a time."""
