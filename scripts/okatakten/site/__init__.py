"""docs/ and the show → pages, as they are known before any site generator.

`project.read_project` reads everything, `build` holds a build of all languages, `structure` knows each page before any
is made, `around` what stands around its content, and `elsewhere` what is said of it in other places. What the pages
themselves show is in `episode_page`, `lists`, `left` and `page_text`; `files` is what lies beside them.
"""
