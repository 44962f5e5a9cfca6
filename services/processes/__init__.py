"""Processes: a charter in force, and the phases it prescribes, one after another."""
