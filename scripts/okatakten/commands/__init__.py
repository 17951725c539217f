"""What a communicator types: `main` has the command, `console` how it speaks."""
