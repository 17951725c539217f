"""Texts to a translator and back: `review` knows the rows, `tables` the files that hold them."""
