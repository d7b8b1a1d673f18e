"""Image editing: pictures changed."""

from ui.making import page

page("image_edit")
