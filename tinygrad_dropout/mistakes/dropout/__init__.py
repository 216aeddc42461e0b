"""The mistakes of a dropout layer, with one file for each question that the conformance kit asks."""
