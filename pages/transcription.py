"""Transcription: a recording as text."""

from ui.making import page

page("transcription")
