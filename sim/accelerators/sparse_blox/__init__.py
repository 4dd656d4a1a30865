"""Sparse-Blox: skipping zero blocks of activations in a systolic array and in a vector unit."""
