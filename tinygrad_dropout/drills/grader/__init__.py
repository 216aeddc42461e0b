"""The grader: runs an answer with care, holds it against the right one, and names what is wrong."""
