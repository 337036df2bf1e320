"""Pictures, sounds and films of a catalogue in the index and in searches: one space each, filled, opened, asked."""

__all__: list[str] = []
