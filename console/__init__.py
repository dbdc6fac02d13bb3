"""The doors: command line and, later, web pages."""
