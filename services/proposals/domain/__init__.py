"""Pure: commands, events, states, and one module per rule."""
