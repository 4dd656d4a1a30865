"""Pruning without the training set: what pruning broke is repaired on unlabelled images."""
