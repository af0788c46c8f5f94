"""The code of the four labs, byte for byte."""
