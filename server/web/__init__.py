"""The built web app: files that were made elsewhere, served as they are, with the headers that a browser needs."""
