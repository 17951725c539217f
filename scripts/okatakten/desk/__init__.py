"""The editor in the browser: the same files, for whoever is no friend of YAML, Git and terminals.

    guard         who may ask, and from where
    drafts        what is being written, kept until it is saved into the project
    forms         fields ↔ a form, and only what changed written back
    answers       what the check says of drafts, beside their fields
    editing       a file as a form, kept field by field
    sheets        which fields the files of pages, rows and facts have
    pages         these files: the list, their forms, their text as it is read, and pictures
    translation   texts in other languages beside the Swedish, sentence by sentence
    sound         uploads that go on where they broke off, jobs that make audio, and the waveform
    transcript    cues as rows, each written in its own place
    publishing    what will be different, and putting it out
    app           all of it as pages

Templates and scripts lie beside. The rest of the package knows nothing of the desk, and what it does are calls that
commands make, too.
"""
