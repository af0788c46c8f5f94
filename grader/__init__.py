"""Judge a submission from outside: by traffic, faults and ground truth."""
