"""The place Runs: trainings as they go, their reports, their comparison."""
