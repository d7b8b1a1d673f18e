"""The demo relay: a new-api of our own on loopback, written from public descriptions; it imports nothing of `lib`."""
