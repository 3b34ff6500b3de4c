"""ARM templates and Bicep: what they mean to deploy, as far as it can be told without deploying."""
