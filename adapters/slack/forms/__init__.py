"""Forms on Slack: modals, their inputs and private_metadata."""
