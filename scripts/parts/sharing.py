"""What draws a card of an address and plays what it leads to, as social networks do."""

from __future__ import annotations

import json

from parts.part import Ground, Part, ask_node, fetch, hold


def unfurl(ground: Ground) -> str:
    card = json.loads(ask_node("unfurl.mjs", ground.episode()))
    told, player = card["open_graph"], json.loads(ground.bytes_of(f"{ground.episode()}oembed.json"))
    picture, sound = told["images"][0], told["audio"][0]
    hold((told["title"], told["url"], bool(told["description"])), (player["title"], ground.episode(), True), "the card")
    hold(card["oEmbed"]["html"], player["html"], "the player")
    head, drawn = fetch(picture["url"])
    hold((head["Content-Type"], drawn[1:4]), (picture["type"], b"PNG"), "the picture")
    hold(
        (int.from_bytes(drawn[16:20]), int.from_bytes(drawn[20:24])), (picture["width"], picture["height"]), "its size"
    )
    hold(fetch(sound["url"])[0]["Content-Type"], sound["type"], "the sound")
    return f"title, description, picture of {picture['width']} × {picture['height']} with words for it, sound, player"


PARTS = (Part(name="unfurl (Open Graph, oEmbed)", command=[], npm="unfurl.js@6.4.0", check=unfurl),)
