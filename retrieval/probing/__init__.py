"""Measure parts of an index alone, for benchmarks: the bare store, and how near its answers are to exact ones."""

from .probe import bare_store, dense_recall, fact_counter, preload, satisfied, served_items, text_of

__all__ = ["bare_store", "dense_recall", "fact_counter", "preload", "satisfied", "served_items", "text_of"]
