"""Steps of INT8: of symmetric weights, and of activations with a zero point."""

WEIGHT_LEVELS = 127
ACTIVATION_LEVELS = 255
