"""Which compression scheme's weights each configuration is meant for.

Balanced weights are a property of the weights, not of the array: the bar of a mechanism is a
configuration together with a scheme.
"""

MEANT_FOR = {
    "sense": "balanced",
    "sense_unclustered": "balanced",
    "sense_unbalanced": "unbalanced",
    "sense_neither": "unbalanced",
    "swallow_like": "unbalanced",
}
SUBJECT, REFERENCE, ACTIVATIONS_FIRST = "sense", "sense_neither", "swallow_like"
"""The paper's design, the one with neither mechanism, and the one of fixed order as well."""
