"""Networks of the size of the papers: zeros modelled at published densities, or measured."""
