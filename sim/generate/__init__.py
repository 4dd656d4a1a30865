"""Zero masks drawn from stated densities and structure, for networks without weights or images."""
