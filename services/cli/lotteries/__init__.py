"""Makes the lottery that a panel is drawn from. Nobody need trust it: `comitia sortition verify` checks what it made."""
