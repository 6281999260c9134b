"""When something has to be said: periods, and the clocks that run in an incident. All pure."""
