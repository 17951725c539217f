"""The editor in the browser: the same files, for whoever is no friend of YAML, Git and terminals.

    guard         who may ask, and from where
    web           what all pages share
    drafts        what is being written, kept until it is saved into the project
    forms         fields ↔ a form, and only what changed written back
    answers       what the check says of drafts, beside their fields
    editing       a file as a form, kept field by field
    sheets        which fields each file has
    pages         pages, rows and facts: the list, and their forms
    pictures      pictures and files of pages: dropped, shown, cut
    translation   texts in other languages beside the Swedish, sentence by sentence
    uploads       files on their way here, which go on where they broke off
    jobs          sound, text and chapters made of them, one episode at a time
    sound         both as pages, what is heard, and the waveform
    cues          rows of a transcript, each written in its own place
    steps         what somebody has done, taken back
    chapters      where something begins, set while one listens
    transcript    both beside the sound
    clips         clips and quotations of what is said
    differences   what is different between two versions of a file, in words
    history       commits of exactly what somebody changed, and those of others
    sending       saved, sent, built, and seen by the public, step by step
    publishing    what will be different, and putting it out
    versions      how files were, and back to it
    apart         the site built in a process of its own
    preview       the site of what is being written, and what others show of it
    people        who may do what at a desk on a server
    episodes      the list, and each episode's form
    app           all of it as pages

Templates and scripts lie beside. The rest of the package knows nothing of the desk, and what it does are calls that
commands make, too.
"""
