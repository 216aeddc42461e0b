"""The questions about a layer, with one file for each topic. Each yields its findings."""
