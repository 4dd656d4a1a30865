"""The pruning of activations in blocks of the im2col matrix (Sparse-Blox)."""
