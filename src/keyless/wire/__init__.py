"""The wire: operations declared once, and the dispatcher that authenticates, decides, handles and renders."""
