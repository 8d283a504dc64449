"""People, disclosures and recipients -> Cedar requests -> breaches, remedies, a verdict."""

from scanner.policy.judge import Judge
from scanner.policy.pack import Pack, load_pack

__all__ = ["Judge", "Pack", "load_pack"]
