"""What principals have used of what they may: unused access, right-sized policies, identities that nobody uses."""
