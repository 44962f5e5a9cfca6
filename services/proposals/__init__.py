"""Proposals: the life of a proposal, from the idea to the last thing delivered."""
