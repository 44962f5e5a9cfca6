"""Pure foundations shared by every part of Comitia: ids, time, exact numbers, canonical JSON, refusals, events, records."""
