"""Zero masks: counting on them, and the blocks that a design makes of them.

Nothing is imported here, because `sim.trace` needs some of these modules and others need it.
"""
