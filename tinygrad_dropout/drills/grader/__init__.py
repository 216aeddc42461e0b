"""The grader: runs an answer safely, compares it with the right one, and names what is wrong."""
