"""What turns a network into layers, stored tensors, and what reads what."""
