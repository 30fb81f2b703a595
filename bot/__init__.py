"""The core of Broadsheet: papers, topics, schedules and sentences. It knows no chat platform and no SQL."""
