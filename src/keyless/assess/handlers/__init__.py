"""What runs for each request or message: handlers of web frameworks and functions, and what they call."""
