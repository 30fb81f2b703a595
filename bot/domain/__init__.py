"""The domain: papers, feed days, channels, schedules, follows, deliveries."""
