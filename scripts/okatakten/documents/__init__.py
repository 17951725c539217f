"""A page → files to download: `documents` makes one HTML document of it, `pdf` and `epub` the files."""
