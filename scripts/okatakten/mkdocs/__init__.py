"""The doorway to MkDocs. Only this folder imports it; the podcast outlives it."""
