"""The engine of Relayscope: everything but the screens. It never imports Streamlit."""

VERSION = "0.1.0"
