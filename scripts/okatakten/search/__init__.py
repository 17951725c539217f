"""The search index of a built site: pieces that the search page fetches when somebody searches.

A page is read once and remembered (`reading`), its words are folded and stemmed (`words`), and those of all pages
become pieces by the beginning of the word (`pieces`); `index` does it all. `overrides/assets/finding.js` reads them:
`fold`, `stem` and `tokens` mean the same there.

All languages go into one index, so that a search finds both whatever page it is made from; each hit says its language.
"""
