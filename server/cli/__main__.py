"""`python -m server.cli`, for where the console script is not on the path."""

from server.cli.main import main

main(prog_name="tenggat-server")
