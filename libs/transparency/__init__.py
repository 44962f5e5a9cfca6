"""Pure parts of a transparency log: Merkle trees, proofs, signed notes, checkpoints, and an auditor's bundle."""
