"""The desk: who may ask, drafts, forms and the episodes, as requests."""

from __future__ import annotations

from desk import Sitter


def test_a_field_is_kept_as_soon_as_it_is_sent_and_the_file_in_the_project_stays(sitter: Sitter) -> None:
    file = sitter.root / "podcast/episodes/atta-fragor/episode.md"
    before = file.read_bytes()
    assert sitter.change("atta-fragor", "title", "Åtta svar").status == 200
    assert 'value="Åtta svar"' in sitter.get("/avsnitt/atta-fragor").text
    assert file.read_bytes() == before
    draft = sitter.root / ".desk/drafts/podcast/episodes/atta-fragor/episode.md"
    assert draft.read_text(encoding="utf-8") == before.decode().replace('"Exempel: Åtta frågor"', "Åtta svar")
