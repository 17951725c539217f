"""A recording → an episode folder.

`interview` asks, `stored` fetches sound at an address, `recording` measures and encodes, `captions` and `chapters` read
what people have, and `folders` writes. `levels` gives advice on sound that is there.
"""
