"""The parts of a repository that are deployed by themselves, and what each uses."""

from keyless.assess.components.component import Authentication, Component
from keyless.assess.components.found import components

__all__ = ["Authentication", "Component", "components"]
