"""What templates deploy, in one form for Bicep, ARM and Terraform."""
