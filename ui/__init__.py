"""Every door into Palate: chat page, REST API, command line. Doors show replies and take no decisions."""

__all__: list[str] = []
