"""The place Train: a task, a recipe, the data, the settings, the check."""
