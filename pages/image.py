"""Images: from words to pictures."""

from ui.making import page

page("image")
