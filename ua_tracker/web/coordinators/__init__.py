"""The coordinators' pages, behind the sign-in."""
