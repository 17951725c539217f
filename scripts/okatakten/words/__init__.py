"""The words of the interface (`catalogue`, `wording`), and how texts in other languages keep to the Swedish ones."""
