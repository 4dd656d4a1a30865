"""`python -m models.command`: the command from a checkout."""

from models.command import main

raise SystemExit(main())
