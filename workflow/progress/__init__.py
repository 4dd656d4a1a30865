"""What a run shows on the terminal: how far it is, what runs now, and what failed and why."""
