"""Using keys: encrypt, decrypt, wrap, unwrap, sign, verify; and random bytes."""
