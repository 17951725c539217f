"""docs/ and the show → pages, as they are known before any site generator.

`project.read_project` reads everything, `build` holds a build of all languages, `structure` knows each page before any
is made. The rest is what pages show and what lies beside them.
"""
