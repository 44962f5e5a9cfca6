"""Audit: what was done can be checked by anyone: checkpoints, proofs, bundles, and the stream of all events."""
