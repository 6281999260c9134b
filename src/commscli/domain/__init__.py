"""What is true of an incident and its messages. Pure values: no file, no clock, no process."""
