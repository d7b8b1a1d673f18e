"""Judges: listing × connections × evidence → a verdict for each API and capability. Sends and stores nothing.

All of it is pure but for `judge`, which gathers the facts from the ledger and keeps what was concluded of them.
"""
