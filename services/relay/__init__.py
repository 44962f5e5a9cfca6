"""The relay: tells the broker of every event in the log, in order, and remembers how far it came."""
