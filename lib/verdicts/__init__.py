"""Judges: listing × connections × evidence → a verdict for each API and capability. Pure; sends and stores nothing."""
