"""The user's relays and connections, where they are kept, their keys. A key never goes where it wasn't saved for."""
