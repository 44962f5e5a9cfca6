"""Writes a process's verifier key from the deployment's public key: verifier_key.py ORIGIN PUBLIC_KEY_IN_BASE64."""

import base64
import hashlib
import sys

origin, key = sys.argv[1], b"\x01" + base64.b64decode(sys.argv[2])
key_id = hashlib.sha256(origin.encode() + b"\n" + key).digest()[:4]
sys.stdout.write(f"{origin}+{key_id.hex()}+{base64.b64encode(key).decode()}\n")
