"""Writers of plans: as JSON, and as what deploys them. Each gives text; none touches a disk."""
