"""What is not the exchange: accounts, the catalogue, public tracking; described by OpenAPI."""
