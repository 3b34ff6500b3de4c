"""The part of Microsoft Graph that the Azure tools need."""
