"""The questions to ask about a model, with one file for each topic."""
