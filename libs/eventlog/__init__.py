"""The shared log: append, read and follow; one contract that every recorder keeps."""
