"""The embedded account: a recorded evidence bundle, and the practice server it is recorded from."""
