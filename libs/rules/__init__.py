"""Pure rules: the charter, and how votes in chambers become decisions with their reasons."""
