"""Checks that a receipt's event is under a signed checkpoint: check_receipt.py HOST:PORT PROCESS INDEX LEAF_HASH VKEY."""

import sys

import grpc

from comitia.audit.v1 import audit_pb2, audit_pb2_grpc
from transparency.checkpoints import Checkpoint, open_checkpoint
from transparency.merkle import verify_inclusion
from transparency.notes import VerifierKey

address, process, index, leaf_hash, vkey = sys.argv[1:]
key = VerifierKey.parse(vkey)
if not isinstance(key, VerifierKey):
    sys.exit(f"the key: {key}")
with grpc.insecure_channel(address) as channel:
    request = audit_pb2.GetInclusionProofRequest(process_id=process, process_index=int(index))
    given = audit_pb2_grpc.AuditServiceStub(channel).GetInclusionProof(request)
head = open_checkpoint(given.checkpoint, key)
if not isinstance(head, Checkpoint):
    sys.exit(f"the checkpoint: {head}")
if not verify_inclusion(int(index), head.size, bytes.fromhex(leaf_hash), given.proof, head.root):
    sys.exit(f"event {index} with this leaf hash is NOT under the checkpoint of {head.size} events")
sys.stdout.write(f"event {index} is under the checkpoint of {head.size} events, root {head.root.hex()}\n")
