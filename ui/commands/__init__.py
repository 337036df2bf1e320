"""The commands of ``palate``, a group a file; ``ui.cli`` joins them."""

__all__: list[str] = []
