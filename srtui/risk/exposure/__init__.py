"""Who outside of the account can use what is in it, and what of it can be moved out."""
