"""The mistakes of a dropout layer, a file for each question that the conformance kit asks."""
