"""Embeddings: a text as a vector."""

from ui.making import page

page("embedding")
