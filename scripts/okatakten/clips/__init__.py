"""Some seconds of an episode → a film to post, and a quotation → a picture.

`said` parts what is said into what stands in the picture at a time, `pictures` draws, `captions` writes the words as
programs read them, and `film` has ffmpeg put it together. `asked` finds what does not fit in what somebody asks for,
`making` and `quote` write the files.
"""
