"""What a vault holds, brought in from files and other vaults, and given out sealed."""
