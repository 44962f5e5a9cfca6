"""Redoes the draw of a panel with nothing but Python: redo_panel.py LOTTERY.json SEED_IN_HEX POOL.csv."""

import csv
import hashlib
import json
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

published = Path(sys.argv[1]).read_bytes()
lottery, seed = json.loads(published), sys.argv[2].upper()
with Path(sys.argv[3]).open(encoding="utf-8-sig", newline="") as file:
    people = {row["person"]: row for row in csv.DictReader(file)}
sys.stdout.write(f"lottery: SHA-256 {hashlib.sha256(published).hexdigest()}, {lottery['tickets']} tickets\n")

tickets: list[list[str]] = []
for panel in lottery["panels"]:
    tickets += [panel["members"]] * panel["share"]
for members in tickets:
    values = Counter((category, people[person][category]) for person in set(members) for category in people[person])
    for quota in lottery["quotas"]:
        found = values[quota["category"], quota["value"]]
        if not quota["at_least"] <= found <= quota["at_most"]:
            sys.exit(f"a panel breaks a quota: {quota['category']}, {quota['value']}: {found}")
    if len(set(members)) != lottery["size"]:
        sys.exit(f"a panel has {len(set(members))} members")
held = Counter(person for members in tickets for person in members)
least, most = min(held[person] for person in people), max(held.values())
sys.stdout.write(f"chances: from {Fraction(least, len(tickets))} to {Fraction(most, len(tickets))}\n")

# RFC 3797: the MD5 of number, key and number again; the first draw has number 0, the key is SEED/1./ (the first lot).
edge = (0).to_bytes(2, "big")
digest = hashlib.md5(edge + f"{seed}/1./".encode() + edge).hexdigest()
ticket = int(digest, 16) % len(tickets) + 1
sys.stdout.write(f"ticket {ticket}: {' '.join(tickets[ticket - 1])}\n")
