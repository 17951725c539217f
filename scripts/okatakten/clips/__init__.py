"""Some seconds of an episode → a film to post, and a quotation → a picture.

`said` parts what is said into what stands in the picture at a time, `pictures` draws, `captions` writes the words as
programs read them, `film` has ffmpeg put it together, `making` checks what was asked for and writes the files.
"""
