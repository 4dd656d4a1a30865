"""Trained full-size networks and photographs that package indexes hold as files."""
