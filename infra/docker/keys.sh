#!/bin/sh
# Run by Docker Compose's `keys` before anything else, and harmless to run again: an authority and a certificate for the
# apis and for the names in $1 (with commas between); the key that signs tokens and the JWKS that verifies them; and a token with
# which audit asks its peers for a process's state, anew each time, good for a year.
set -eu
umask 077
keys=${KEYS:-/keys}
here=$(dirname "$0")
apis="processes-api proposals-api chambers-api ballots-api audit-api"

python "$here/certificates.py" "$keys" $apis $(echo "$1" | tr ',' ' ')
[ -f "$keys/token.key" ] || python -m cli token key --out "$keys"
python -m cli token issue --key "$keys/token.key" --sub audit --role auditor --minutes 525600 > "$keys/peers.token.new"
mv "$keys/peers.token.new" "$keys/peers.token"
