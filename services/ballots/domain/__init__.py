"""Pure rules of ballot boxes: commands, events, states; `decide` and `evolve`; one module per rule."""
