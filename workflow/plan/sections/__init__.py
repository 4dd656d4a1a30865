"""Sections of the configuration, a class each: what files one asks for, what its jobs are told.

A class checks its own section against the others (`check`); settings are dictionaries until a rule
writes them into a command.
"""
