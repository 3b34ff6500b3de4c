"""What becomes of each secret and setting: removed, kept, moved; and of authentication outside of Azure."""
