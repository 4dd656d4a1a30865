"""Weights on a given support that come nearest to given outputs, from sums over samples alone.

Source: layer-wise reconstruction as in Optimal Brain Compression (Frantar and Alistarh,
arXiv:2208.11580) and SparseGPT (arXiv:2301.00774): for each filter, least squares on the weights
that stay. All filters are solved at once by conjugate gradients on the normal equations, because
each filter has a support, hence a matrix, of its own.
"""

import torch
from torch import Tensor

STEPS = 60
TOLERANCE = 1e-4
"""Conjugate gradients stop at this share of the first residual, or after this many steps."""


def masked_least_squares(
    covariance: Tensor,
    cross: Tensor,
    mask: Tensor,
    start: Tensor,
    *,
    ridge: float = 0.0,
    steps: int = STEPS,
    tolerance: float = TOLERANCE,
) -> Tensor:
    """Minimise |X w_k - y_k|^2 + penalty |w_k - start_k|^2 over weights that are zero off the mask.

    Args:
        covariance: X^T X, (..., n, n), symmetric; leading dimensions are groups.
        cross: Y^T X, (..., K, n).
        mask: bool (..., K, n), which weights stay.
        start: (..., K, n), where the iteration starts and to which the penalty pulls.
        ridge: the penalty in units of the mean of the covariance's diagonal.
        steps: at most so many.
        tolerance: see TOLERANCE.

    Returns:
        (..., K, n), zero off the mask.
    """
    diagonal = covariance.diagonal(dim1=-2, dim2=-1)
    penalty = ridge * diagonal.mean(-1, keepdim=True)[..., None]
    kept = mask.to(covariance.dtype)
    # the inverse diagonal preconditions; inputs that are always zero get no weight from it
    scale = (diagonal[..., None, :] + penalty).clamp_min(1e-20).reciprocal() * kept
    scale = scale * (diagonal[..., None, :] > 0)
    weights = start * kept
    residual = (cross - weights @ covariance) * kept
    direction = scale * residual
    progress = (residual * direction).sum(-1, keepdim=True)
    floor = tolerance**2 * progress
    convex = torch.ones_like(progress, dtype=torch.bool)
    for _ in range(steps):
        active = convex & (progress > floor)
        if not bool(active.any()):
            break
        product = (direction @ covariance + penalty * direction) * kept
        curvature = (direction * product).sum(-1, keepdim=True)
        # The penalty alone bends that much. Less is rounding, of inputs that hardly vary beside
        # their means: the matrix has no minimum then, and such a filter stops.
        bend = penalty * direction.square().sum(-1, keepdim=True)
        convex = convex & (curvature > bend / 2)
        length = torch.where(active & convex, progress / curvature.clamp_min(1e-30), 0.0)
        weights = weights + length * direction
        residual = residual - length * product
        conditioned = scale * residual
        following = (residual * conditioned).sum(-1, keepdim=True)
        direction = conditioned + following / progress.clamp_min(1e-30) * direction
        progress = following
    return weights
