"""An episode folder → feed, audio, chapters, and what subscribers were promised.

`podcast.read_podcast` reads it all (`show`, `episode`, `folder`, `parts`), `releases` says what goes out, and `feed`,
`chapters` and `tags` make it. `promise`, `keeping` and `proof` compare it with what is out.
"""
