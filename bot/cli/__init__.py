"""The command line's commands: `machine` looks after the installation, `papers` reads and asks what is stored."""
