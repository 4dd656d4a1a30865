"""Training networks with masks, rounding to INT8, and the schemes that prune."""
