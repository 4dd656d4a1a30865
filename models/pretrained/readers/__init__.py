"""Files of weights as their frameworks write them, as tensors by name; no graph is executed."""
