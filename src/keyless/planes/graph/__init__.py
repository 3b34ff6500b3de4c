"""The part of Microsoft Graph that tools for Azure need: applications, principals and groups."""
