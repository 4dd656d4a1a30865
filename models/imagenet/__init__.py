"""Networks of the size of the papers: zeros modelled at published densities, or measured."""

IMAGENET = "imagenet"
"""Name of the suite of full-size networks in configurations, traces and tables."""
