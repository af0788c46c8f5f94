"""The solved notebooks, and the release that strips them into labs."""
