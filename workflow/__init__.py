"""The pipeline: what a configuration asks for, the steps that make it, and the studies on it."""
