"""The auditor's own reading of a process: folds its events and re-derives every result, sharing no code with services."""
