"""What a configuration store holds, brought in from files and other stores, and given out as files."""
