"""Published per-layer densities, and the stated rules for layers that none is published for."""
