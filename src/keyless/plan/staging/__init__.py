"""The stages of a plan, one module each; ``keyless.plan.stages`` puts them in order."""
