"""The supporters' pages: actions, pledges, letters, and the private page of a pledge."""
