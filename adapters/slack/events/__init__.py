"""Events API: channels, installations, link_shared."""
