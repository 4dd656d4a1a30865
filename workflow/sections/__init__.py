"""Sections of the configuration, a class each: what files one asks for, what its jobs are told."""
