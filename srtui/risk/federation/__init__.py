"""Federation: who signs in from elsewhere, and how tightly each trust names its tenant."""
