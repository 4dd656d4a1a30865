"""Compression schemes: one module each; a new scheme is a new module with a class SCHEME."""
