"""Chambers: who sits in each body, what was put to them, what they answered, and what was decided for which reasons."""
