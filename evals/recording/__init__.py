"""Keep what a language model answered during a run, and play it again without the model."""
