"""Seams of MiniStack, and what everything shares: settings, accounts, answers, refusals, processes."""
