"""What a sentence can tell: the categories and risks of the model, in the order of its outputs."""

CATEGORIES = (
    "health", "mental_health", "disability", "pregnancy", "sex_life", "sexual_orientation",
    "gender_identity", "ethnicity", "religion", "politics", "trade_union", "criminal",
    "misconduct", "finance", "family", "bereavement", "sexual_violence", "immigration",
    "substance_use", "academic_performance",
)  # fmt: skip
RISKS = (
    "self_harm", "harm_to_others", "child_protection", "safe_participation", "computer_misuse",
    "police",
)  # fmt: skip
LABELS = CATEGORIES + RISKS
