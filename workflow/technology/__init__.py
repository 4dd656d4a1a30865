"""The step `make technology`: energy, area and leakage of components, from a published library.

It runs in an environment of its own (requirements-technology.txt, Python 3.12 or later) and writes
sim/technology/components.csv with its sources; both are committed. Nothing else imports it.
"""
