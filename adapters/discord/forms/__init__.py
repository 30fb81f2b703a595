"""Forms on Discord: panels of selects and buttons, modals, and the state kept for them."""
