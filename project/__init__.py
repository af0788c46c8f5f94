"""The production AI API that the four labs assemble: the capstone."""
