"""Create the overrides: which basis somebody declared, when, until when, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    columns = (
        "override_id pack version basis clause sender declared_at expires_at because fields "
        "care confidentiality needs renews"
    )
    op.create_table(
        "overrides",
        sa.Column("line", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in columns.split()),
    )
    op.create_index("one_override_an_id", "overrides", ["override_id"], unique=True)
