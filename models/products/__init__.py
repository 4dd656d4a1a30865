"""Products of a network's run as layers with their zeros, whoever ran it; NumPy alone."""

from models.products.convolution import Windows, convolutions
from models.products.matrices import matrix_product
from models.products.product import Operand, Operation, Product, nonzeros
from models.products.readers import WHOLE, Cuts, Reading, linked, pieces, united
from models.products.residuals import NOTHING, Makers, Residuals
from models.products.runs import AS_IT_IS, ROUNDED, ImageRuns, pruned_words, with_data

__all__ = [
    "AS_IT_IS",
    "NOTHING",
    "ROUNDED",
    "WHOLE",
    "Cuts",
    "ImageRuns",
    "Makers",
    "Operand",
    "Operation",
    "Product",
    "Reading",
    "Residuals",
    "Windows",
    "convolutions",
    "linked",
    "matrix_product",
    "nonzeros",
    "pieces",
    "pruned_words",
    "united",
    "with_data",
]
