"""The subjects of `yuanwen …`, one file a group of commands."""
