"""What the repository's host runs: new episodes, answers in pull requests, previews, publishing. See README.md."""
