"""What tests share: the log's checker, real data, and given/when/then for pure rules. Imported by tests only."""
