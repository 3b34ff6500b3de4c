"""Key material and what is computed with it: pure, without store or clock."""
