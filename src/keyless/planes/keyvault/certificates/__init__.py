"""Certificates: their policies, how they are made, merged and renewed; and the operations that serve them."""
