"""Pure rules of the audit service."""
