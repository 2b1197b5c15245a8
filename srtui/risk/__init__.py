"""Identities at risk: separation of duty, exposure, federation, unused privilege, toxic combinations, and their order."""
