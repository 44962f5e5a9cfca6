"""Pure counting: ballot forms, counting, count sheets, allocation of a budget, tie-breaks, verifiable lots."""
