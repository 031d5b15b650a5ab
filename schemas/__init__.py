"""What is valid: the city's service catalogue, the forms built from it, and the ledger behind every date."""
