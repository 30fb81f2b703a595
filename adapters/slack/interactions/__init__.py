"""Interactions: slash commands, block_actions, view_submission, shortcuts, App Home."""
