"""Music: songs and lyrics."""

from ui.making import page

page("music")
