"""To disk: whole or not at all (`write`), and what is slow to make remembered (`memory`)."""
