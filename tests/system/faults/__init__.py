"""Real faults on real servers, under load: what clients were told must hold afterwards."""
