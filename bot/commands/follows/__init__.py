"""Commands of follows: follow, unfollow, follows, mute, preview, why."""
