"""What a wrong catalogue is refused with."""


class CatalogueError(Exception):
    """A city's folder says something that cannot be: in `file` (relative to it), at `key`, for `reason`."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason

    def __reduce__(self) -> tuple[type["CatalogueError"], tuple[str, str, str]]:
        return (type(self), (self.file, self.key, self.reason))
