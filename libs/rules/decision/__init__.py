"""The operators of a decision, one rule in one module; `rules.decisions` is the way in."""
