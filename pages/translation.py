"""Translation: a text in another language."""

from ui.making import page

page("translation")
