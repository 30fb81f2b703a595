"""“See as Discord”: messages, panels and modals as HTML."""
