"""Drills: exercises whose grader names your bug, question cards and a mock interview."""
