"""Video: from words, or a first frame, to a film."""

from ui.making import page

page("video")
