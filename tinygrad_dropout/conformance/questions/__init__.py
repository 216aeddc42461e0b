"""The questions that the kit asks of a layer, a file for each subject. Each yields what it finds."""
