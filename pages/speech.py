"""Speech: a text spoken."""

from ui.making import page

page("speech")
