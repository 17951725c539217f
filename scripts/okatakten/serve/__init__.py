"""How a built site is to be served: headers and redirects (`serving`), packed copies, parts of files."""
