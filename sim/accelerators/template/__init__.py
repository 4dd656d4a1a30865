"""An accelerator described by its parameters alone."""
