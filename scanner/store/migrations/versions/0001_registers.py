"""Create the registers: roster, staff, circles, contacts, consents, and what was loaded."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    columns = {
        "roster": (
            "student_id username email given_names family_name preferred_name aliases "
            "department course year dob room home_postcode"
        ),
        "staff": "email name roles department teams",
        "circles": "student_id email role",
        "contacts": "student_id email name relation",
        "consents": ("student_id decision recipient categories given_on expires_on evidence"),
        "loads": "register file loaded_at rows digest",
    }
    for table, names in columns.items():
        op.create_table(
            table,
            sa.Column("line", sa.Integer, primary_key=True),
            *(sa.Column(name, sa.Text, nullable=False) for name in names.split()),
        )
    op.create_index("one_student_an_id", "roster", ["student_id"], unique=True)
    op.create_index("one_member_an_address", "staff", ["email"], unique=True)
    op.create_index("one_load_a_register", "loads", ["register"], unique=True)
