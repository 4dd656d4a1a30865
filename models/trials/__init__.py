"""Trained networks whose pruning can be changed at will: what the searches evaluate."""
