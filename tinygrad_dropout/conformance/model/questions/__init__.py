"""What is asked of a model, a file for each subject."""
