"""A recording → an episode folder.

`interview` asks, `recording` measures and encodes, `captions` makes the transcript of what people have, and `folders`
writes. `levels` gives advice on sound that is there.
"""
