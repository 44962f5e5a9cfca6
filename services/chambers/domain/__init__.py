"""Pure: rolls and motions as commands, events and states; decide and evolve, one module per rule."""
