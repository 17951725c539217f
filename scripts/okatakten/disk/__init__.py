"""To disk: whole or not at all (`write`), one at a time (`alone`), what is slow to make remembered (`memory`)."""
