"""Signs a paper station's count sheet, away from any server: sign_sheet.py KEY.pem < sheet.json, prints the signature."""

import json
import sys
from pathlib import Path

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

FIELDS = {"process_id", "box", "station", "unit", "voters", "totals", "blank", "invalid", "replaces", "note"}

key = load_pem_private_key(Path(sys.argv[1]).read_bytes(), password=None)
sheet = json.load(sys.stdin)
if not isinstance(key, Ed25519PrivateKey) or set(sheet) != FIELDS:
    sys.exit(f"an Ed25519 key and the fields {', '.join(sorted(FIELDS))} are expected")
sys.stdout.write(key.sign(rfc8785.dumps(sheet)).hex() + "\n")
