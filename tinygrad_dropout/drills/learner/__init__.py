"""The learner: their folder, what they have done, and what comes next."""
