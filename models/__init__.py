"""Networks, training, compression and traces in PyTorch; ends where a trace file begins."""
