"""“See as Slack”: messages, modals and App Home as HTML."""
