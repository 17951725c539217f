"""Somebody else's feed → episode folders: `importing` leads, `incoming` reads what it says, `moving` moves it here."""
